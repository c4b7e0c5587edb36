package matrix

import "strings"

// withoutQuote is a reply without what it repeats of the message that it answers: lines that begin with "> ", the first
// of which names the sender, and an empty one. Clients no longer write them; those in use still do.
// https://spec.matrix.org/v1.12/client-server-api/#fallbacks-for-rich-replies
func withoutQuote(body string) string {
	if !strings.HasPrefix(body, "> <@") && !strings.HasPrefix(body, "> * <@") {
		return body
	}
	lines := strings.Split(body, "\n")
	n := 0
	for n < len(lines) && (strings.HasPrefix(lines[n], "> ") || lines[n] == ">") {
		n++
	}
	if n < len(lines) && lines[n] == "" {
		n++
	}
	if rest := strings.Join(lines[n:], "\n"); rest != "" {
		return rest
	}
	return body // nothing but a quote is all that was written
}
