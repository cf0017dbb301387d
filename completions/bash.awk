# SPDX-License-Identifier: GPL-3.0-or-later
#
# From "NAME --help-completion=options" to the completion of NAME for bash;
# "common" names the file with the functions that all share.

BEGIN { FS = OFS = "\t" }

$1 == "command" {
	name = $2
	gsub(/[^A-Za-z0-9]/, "_", name)
	print "# Completion of " $2 " for bash: made by \"make\" from its options."
	while ((getline text < common) > 0)
		print text
	print ""
	print "_" name "()"
	print "{"
	print "\t_mptcptools <<'END'"
	command = $2
}
$1 == "option" { print $1, $2, $3, $4, $6 }
$1 == "operand" { print }
END {
	print "END"
	print "}"
	print "complete -F _" name " " command
}
