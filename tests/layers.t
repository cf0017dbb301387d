#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The order of the sources: includes in lib/ only go downwards, each header
# begins with its purpose, each file names its licence.  A tag (struct, enum,
# union) that a header knows is one thing in all of lib/ and cmd/.

cd "$(dirname "$0")/.." || exit 1
layers='base os kernel chart row pcap read cache model load pair events live check plot output cli page'
n=0

# report NAME, with what is wrong in $wrong
report() {
	n=$((n + 1))
	if [ -z "$wrong" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$wrong" | sed 's/^/# /'
	fi
}

below=''
for layer in $layers; do
	below="$below${below:+|}$layer"
	wrong=$(grep -nE '^#[[:space:]]*include "' "lib/$layer"/*.[ch] |
		grep -vE "\"(($below)/[a-z0-9_]+\.h|page/(style\.css|sort\.js)\.inc)\"")
	report "lib/$layer includes nothing from above"
done

wrong=$(for dir in lib/*/; do
	dir=$(basename "$dir")
	case " $layers " in
	*" $dir "*) ;;
	*) echo "lib/$dir is no layer" ;;
	esac
done)
report 'every directory in lib is a layer'

wrong=$(for header in lib/*/*.h; do
	name=$(basename "$header")
	sed -n 2,3p "$header" | tr -d '\n' | sed 's|/\*[ *]*|/* |' |
		grep -qE "^/\* $name - [^ ].*" || echo "$header"
done)
report 'every header begins with its purpose'

wrong=$(grep -nP '^ \*[^\s/*]' lib/*/*.[ch] cmd/*.c tests/unit/*.[ch] tests/fuzz/*.[ch])
report 'no comment was broken into lines that begin without a space'

wrong=$(grep -oE '^[^*"]*\<(struct|enum|union) ([a-z_]+\(\([^)]*\)+ )?[a-z0-9_]+( \{|;$)' \
	/dev/null lib/*/*.[ch] cmd/*.c | awk -F: '
	{
		public = $1 ~ /h$/
		n = split($2, word, " ")
		if ($2 ~ /;$/) {
			# "struct name;": what a .c file keeps to itself
			if (!public || $2 !~ /^(struct|enum|union) [a-z0-9_]+;$/)
				next
			known[substr(word[n], 1, length(word[n]) - 1)] = 1
			next
		}
		tag = word[n - 1]
		known[tag] += public
		files[tag] = files[tag] " " $1
		defined[tag]++
	}
	END {
		for (tag in defined)
			if (known[tag] && defined[tag] > 1)
				print tag ":" files[tag]
	}' | sort)
report 'a tag is one thing'

wrong=$(find Makefile setup.sh lib cmd tests man completions examples -type f \
	! -name '*.pyc' ! -name '*.json' ! -path 'tests/golden/*' \
	! -path 'tests/fuzz/corpus/*' | while read -r file; do
	sed -n 1,3p "$file" | grep -q 'SPDX-License-Identifier: ' ||
		echo "$file"
done)
report 'every file names its licence'

version=$(sed -n 's/^VERSION = //p' Makefile)
wrong=$(head -n 1 debian/changelog | grep -v "^mptcptools ($version) ")
report 'debian/changelog is of the version of the Makefile'

echo "1..$n"
