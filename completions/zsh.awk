# SPDX-License-Identifier: GPL-3.0-or-later
#
# From "NAME --help-completion=options" to the completion of NAME for zsh;
# "common" names the file with the functions that all share.

BEGIN { FS = OFS = "\t" }

function quoted(text)
{
	gsub(/[\]\[:\\]/, "\\\\&", text)
	gsub(/'/, "'\\''", text)
	return text
}

function action(argument, words)
{
	if (argument == "WORDS")
		return " _sequence compadd - " words
	if (words != "-")
		return "(" words ")"
	if (argument == "ID")
		return " _mptcptools_dynamic connections"
	if (argument == "STREAM")
		return " _mptcptools_dynamic streams"
	if (argument == "COLUMN")
		return " _mptcptools_column"
	if (argument == "COLUMNS")
		return " _mptcptools_columns"
	if (argument == "DIR")
		return "_files -/"
	if (argument == "PROGRAM")
		return "_command_names -e"
	if (argument ~ /^(CAPTURE|FILE)$/)
		return "_files"
	return " "
}

$1 == "command" {
	command = $2
	print "#compdef " $2
	print "# Completion of " $2 " for zsh: made by \"make\" from its options."
	while ((getline text < common) > 0)
		print text
	print ""
	print "_arguments -s -S : \\"
}
$1 == "option" {
	rest = "'[" quoted($5) "]" ($4 == "-" ? "" : \
	    ":" quoted($4) ":" action($4, $6)) "'"
	short = $2 ($4 == "-" ? "" : "+")
	long = $3 ($4 == "-" ? "" : "=")
	if ($3 == "-")
		print "    '*'" short rest " \\"
	else if ($2 == "-")
		print "    '*'" long rest " \\"
	else
		print "    '*'{" short "," long "}" rest " \\"
}
$1 == "operand" && $2 != "-" { print "    '1:what:(" $2 ")' \\" }
END { print "    '*:capture:_files'" }
