package event

import (
	"strings"

	"github.com/bonychat/puente/pkg/provider/content"
)

// cutQuote is a reply without what it repeats of the message that it answers, and those words: lines that begin with
// "> ", the first of which names the sender, and an empty one. Clients no longer write them; those in use still do.
// https://spec.matrix.org/v1.12/client-server-api/#fallbacks-for-rich-replies
func cutQuote(body string) (words, quoted string) {
	if !strings.HasPrefix(body, "> <@") && !strings.HasPrefix(body, "> * <@") {
		return body, ""
	}
	lines := strings.Split(body, "\n")
	n := 0
	for n < len(lines) && (strings.HasPrefix(lines[n], "> ") || lines[n] == ">") {
		n++
	}
	if n < len(lines) && lines[n] == "" {
		n++
	}
	rest := strings.Join(lines[n:], "\n")
	if rest == "" {
		return body, "" // nothing but a quote is all that was written
	}
	for i, line := range lines[:n] {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
	}
	_, quoted, _ = strings.Cut(strings.Join(lines[:n], " "), "> ") // what follows the sender's name
	return rest, quoted
}

// answers says in brackets what a message answers: the quoted words, or that it answers something where it quotes
// nothing. A message of a thread only seems to answer the one before it.
// https://spec.matrix.org/latest/client-server-api/#fallback-for-unthreaded-clients
func answers(relation Object, quoted string) string {
	switch {
	case !relation.Has("m.in_reply_to") || relation.Yes("is_falling_back"):
		return ""
	case quoted != "":
		return content.Note("in reply to", quoted)
	default:
		return content.Note("in reply to an earlier message", "")
	}
}
