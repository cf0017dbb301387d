# SPDX-License-Identifier: GPL-3.0-or-later
# What depends on the line is asked of the command itself, with the other words.
(( $+functions[_mptcptools_ask] )) || _mptcptools_ask()
{
	local -a args
	local word
	local -i i

	for ((i = 2; i <= $#words; i++)); do
		(( i == CURRENT )) && continue
		# the option whose argument is being completed
		(( i == CURRENT - 1 )) && [[ $words[CURRENT] != -* ]] && continue
		word=${(Q)words[i]}
		[[ $word == *[\$\`\(]* ]] && return # nothing is run for a word
		args+=("${word/#\~\//$HOME/}")
	done
	lines=("${(@f)$($words[1] --help-completion=$1 $args 2>/dev/null </dev/null)}")
	lines=("${(@)lines:#}")
}

(( $+functions[_mptcptools_dynamic] )) || _mptcptools_dynamic()
{
	local -a lines
	local what=$1

	shift
	[[ $what == connections && $PREFIX == 0[xX]* ]] && what=tokens
	_mptcptools_ask $what
	lines=("${(@)lines//:/\\:}")
	lines=("${(@)lines/$'\t'/:}")
	(( $#lines )) && _describe -t $what $what lines "$@"
}

(( $+functions[_mptcptools_columns] )) || _mptcptools_columns()
{
	setopt localoptions extendedglob
	local -a lines

	_mptcptools_ask columns
	# A name and what it means, with blanks or a tab between; or a heading.
	lines=("${(@)lines:#*:}")
	lines=("${(@)lines##[[:blank:]]#}")
	lines=("${(@)lines//[\[\]:]/ }")
	lines=("${(@)lines/[[:blank:]]##/[}")
	compset -P '+' # besides the default ones
	(( $#lines )) && _values -s , column "${(@)lines/%/]}"
}

(( $+functions[_mptcptools_column] )) || _mptcptools_column()
{
	setopt localoptions extendedglob
	local -a lines

	_mptcptools_ask columns
	lines=("${(@)lines//:/\\:}")
	lines=("${(@)lines##[[:blank:]]#}")
	lines=("${(@)lines/[[:blank:]]##/:}")
	compset -P '[-+]' # "-": the highest first
	(( $#lines )) && _describe -t columns column lines
}
