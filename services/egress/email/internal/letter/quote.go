package letter

import (
	"regexp"
	"strings"
)

// Unquoted is what somebody wrote, without the history that their program put below it: a block of lines behind ">", or what follows a
// line by which programs part the two. What stands between quoted lines is an answer to them, and all stays. So it does where
// nothing else would be left.
func Unquoted(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for i, line := range lines {
		if parts(lines, i, strings.TrimSpace(line)) {
			end = i
			break
		}
	}
	end = behind(lines[:end])
	short := strings.TrimRight(strings.Join(lines[:end], "\n"), " \t\n")
	if strings.TrimSpace(short) == "" {
		return text
	}
	return short
}

var (
	original = regexp.MustCompile(`^-{2,}\s*(?i:original message|mensaje original|original-nachricht|ursprüngliche nachricht|message d'origine|mensagem original|messaggio originale)\s*-{2,}$`)
	ruler    = regexp.MustCompile(`^_{20,}$`)
	// the head of the mail that is answered, as Outlook writes it, with or without asterisks for bold type
	sender = regexp.MustCompile(`^\*?(?i:from|de|von|da|van)\s?:\*?\s?\S`)
	sentAt = regexp.MustCompile(`^\*?(?i:sent|date|enviado|enviado el|fecha|gesendet|datum|envoyé|data|inviato|enviada em|verzonden)\s?:\*?\s?\S`)
	// who wrote what is quoted: "On 1 January Ana <ana@example.com> wrote:"
	wrote = regexp.MustCompile(`(?i)^(on|el|le|am|em|il|op)\b.{4,400}(wrote|escribió|a écrit|schrieb.{0,200}|escreveu|ha scritto|schreef.{0,200})\s?:$`)
)

// parts says that history begins with a line.
func parts(lines []string, i int, line string) bool {
	next := func(n int) string {
		if i+n < len(lines) {
			return strings.TrimSpace(lines[i+n])
		}
		return ""
	}
	head := func(from int) bool {
		if !sender.MatchString(next(from)) {
			return false
		}
		for n := from + 1; n <= from+4; n++ {
			if sentAt.MatchString(next(n)) {
				return true
			}
		}
		return false
	}
	switch {
	case original.MatchString(line):
		return true
	case ruler.MatchString(line):
		return head(1) || next(1) == "" && head(2)
	case sender.MatchString(line):
		return head(0)
	}
	// the words may be broken over three lines; a quotation follows, or nothing that is one line alone
	for n := 0; n < 3; n++ {
		joined := line
		for k := 1; k <= n; k++ {
			joined += " " + next(k)
		}
		if !wrote.MatchString(joined) {
			continue
		}
		for k := n + 1; i+k < len(lines); k++ {
			if next(k) != "" {
				return strings.HasPrefix(next(k), ">") && allQuoted(lines[i+k:])
			}
		}
		return true
	}
	return false
}

// allQuoted says that there are quoted lines, and nothing else, up to the end.
func allQuoted(lines []string) bool {
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, ">") {
			return false
		}
	}
	return true
}

// behind is where a block of quoted lines begins that ends a text, with the line that says who wrote it; the text's end where there is
// none.
func behind(lines []string) int {
	i := len(lines)
	for i > 0 {
		line := strings.TrimSpace(lines[i-1])
		if line != "" && !strings.HasPrefix(line, ">") {
			break
		}
		i--
	}
	if allBlank(lines[i:]) {
		return len(lines)
	}
	// up to three lines right above that end in a colon
	for n := 1; n <= 3 && i-n >= 0; n++ {
		line := strings.TrimSpace(lines[i-n])
		if n == 1 && !strings.HasSuffix(line, ":") || line == "" {
			break
		}
		if strings.ContainsAny(line, "@<") || wrote.MatchString(strings.Join(trimmed(lines[i-n:i]), " ")) {
			return i - n
		}
	}
	return i
}

func trimmed(lines []string) (out []string) {
	for _, line := range lines {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

func allBlank(lines []string) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			return false
		}
	}
	return true
}

var prefix = regexp.MustCompile(`^(?i)\s*(re|rv|aw|wg|fw|fwd|tr|res|enc|r|i|antw|sv|vs)\s*(\[[0-9]+\]|\([0-9]+\))?\s?:\s*`)

// forwarded are the prefixes that say so.
var forwarded = regexp.MustCompile(`^(?i)\s*(rv|wg|fw|fwd|tr|enc|i)\s*:`)

// Subject is a subject without "Re:" and its like, however many there are.
func Subject(subject string) string {
	for range 20 {
		short := prefix.ReplaceAllString(subject, "")
		if short == subject {
			break
		}
		subject = short
	}
	return strings.TrimSpace(subject)
}

// Answers says that a subject is that of an answer, Forwards that of a mail that is passed on.
func Answers(subject string) bool  { return prefix.MatchString(subject) && !Forwards(subject) }
func Forwards(subject string) bool { return forwarded.MatchString(subject) }
