# SPDX-License-Identifier: GPL-3.0-or-later
# What a completion needs to know comes in lines as "mptcp-ls --help-completion"
# prints them; what depends on the line is asked of the command itself.

# _mptcptools_line: the words of the line as the shell will see them.  Bash cuts
# them at "=" and ":", and has no word where the cursor is between blanks.  Sets
# line; at: which of them is under the cursor; whole: that one up to the cursor,
# and last: what Readline will replace of it.
_mptcptools_line()
{
	local rest=$COMP_LINE word gap apart=1 i before

	line=() at=0
	for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
		word=${COMP_WORDS[i]}
		gap=${rest%%[![:space:]]*}
		rest=${rest#"$gap"}
		before=$((COMP_POINT - ${#COMP_LINE} + ${#rest}))
		if ((i == COMP_CWORD && before <= 0)) && [[ -n $gap ]]; then
			at=${#line[@]} whole='' last=''
			line+=('')
			apart=1
		fi
		rest=${rest#"$word"}
		if [[ -n $apart || -n $gap ]]; then
			[[ -z $word ]] || line+=("$word")
		else
			line[${#line[@]} - 1]+=$word
		fi
		apart=
		if ((i == COMP_CWORD && before > 0)); then
			at=$((${#line[@]} - 1)) last=${word:0:before}
			whole=${line[at]}
			whole=${whole%"$word"}$last
		fi
	done
	if [[ $last == [=:] ]]; then
		last=''
	fi
}

# _mptcptools_ask WHAT: print what the command says of the rest of the line.
_mptcptools_ask()
{
	local words=() word i

	for ((i = 0; i < ${#line[@]}; i++)); do
		((i == at || i == skip)) && continue
		word=${line[i]}
		[[ $word == *[\$\`\(]* ]] && return # nothing is run for a word
		# shellcheck disable=SC2088 # the tilde that was typed
		[[ $word == '~/'* ]] && word=$HOME/${word#'~/'}
		words+=("${word//[\"\'\\]/}")
	done
	"${words[0]}" "--help-completion=$1" "${words[@]:1}" \
	    2>/dev/null </dev/null |
	    sed -n 's/^[[:blank:]]*\([^[:blank:]]*[^[:blank:]:]\)\([[:blank:]].*\)*$/\1/p'
}

# _mptcptools_argument NAME WORDS: add what the argument can be to found.
_mptcptools_argument()
{
	local what before

	if [[ $1 == WORDS ]]; then
		before=${cur%"${cur##*,}"}
		mapfile -t found < <(compgen -P "$before" -W "$2" -- "${cur##*,}")
		return
	elif [[ -n $2 ]]; then
		mapfile -t found < <(compgen -W "$2" -- "$cur")
		return
	fi
	case $1 in
	COLUMNS)
		# After a "+" they are printed besides the default ones.
		before=${cur%"${cur##*[,+]}"}
		compopt -o nospace 2>/dev/null
		mapfile -t found < <(compgen -P "$before" \
		    -W "$(_mptcptools_ask columns)" -- "${cur##*[,+]}")
		;;
	COLUMN)
		# After a "-" the highest comes first.
		before=${cur%"${cur#[-+]}"}
		mapfile -t found < <(compgen -P "$before" \
		    -W "$(_mptcptools_ask columns)" -- "${cur#[-+]}")
		;;
	ID | STREAM)
		what=connections
		[[ $cur == 0[xX]* ]] && what=tokens
		[[ $1 == STREAM ]] && what=streams
		mapfile -t found < <(compgen -W "$(_mptcptools_ask $what)" \
		    -- "$cur")
		;;
	DIR)
		compopt -o filenames 2>/dev/null
		mapfile -t found < <(compgen -d -- "$cur")
		;;
	CAPTURE | FILE | PROGRAM)
		compopt -o filenames 2>/dev/null
		mapfile -t found < <(compgen -f -- "$cur")
		;;
	esac
}

# _mptcptools: complete the line; the tables of the command are on stdin.
_mptcptools()
{
	local -A argument=() choice=()
	local options=() found=() line=() first='' operands=0 plain='' at skip=-1
	local kind short long arg words option='' prefix='' cur whole='' last='' i

	while IFS=$'\t' read -r kind short long arg words; do
		[[ $words == - ]] && words=
		if [[ $kind == operand ]]; then
			first=${short#-}
			continue
		fi
		[[ $long == - ]] && long=$short
		options+=("$long")
		for option in "$short" "$long"; do
			[[ $arg == - ]] && continue
			argument[$option]=$arg
			choice[$option]=$words
		done
	done
	option=
	_mptcptools_line
	cur=$whole
	for ((i = 1; i < at; i++)); do
		if [[ -z $plain && ${line[i]} == -- ]]; then
			plain=1
		elif [[ -z $plain && ${line[i]} == -?* ]]; then
			# Its argument is the next word.
			if [[ -n ${argument[${line[i]}]-} ]]; then
				((++i == at)) && skip=$((i - 1))
			fi
		else
			operands=$((operands + 1))
		fi
	done
	if ((skip >= 0)); then
		option=${line[skip]}
	elif [[ -z $plain && $cur == --*=* ]]; then
		option=${cur%%=*} prefix=${cur%%=*}= cur=${cur#*=}
	fi
	if [[ -n $option ]]; then
		_mptcptools_argument "${argument[$option]-}" "${choice[$option]-}"
	elif [[ -z $plain && $cur == -* ]]; then
		mapfile -t found < <(compgen -W "${options[*]}" -- "$cur")
	elif ((operands == 0)) && [[ -n $first ]]; then
		mapfile -t found < <(compgen -W "$first" -- "$cur")
	else
		_mptcptools_argument CAPTURE ''
	fi
	# Readline replaces only what stands behind the last "=" or ":".
	COMPREPLY=()
	for i in "${found[@]}"; do
		i=$prefix$i
		COMPREPLY+=("${i#"${whole%"$last"}"}")
	done
}
