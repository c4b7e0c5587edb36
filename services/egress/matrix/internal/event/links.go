package event

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// link is a word of a formatted text that an address stands behind.
type link struct{ word, address string }

// withLinks writes the addresses that only the formatted form of a text holds beside the words that they stand behind,
// "here (https://…)". Where the words are not those of the plain text, the address follows it.
// https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
func withLinks(body string, content Object) string {
	if content.Text("format") != "org.matrix.custom.html" {
		return body
	}
	done := 0 // what lies before has its addresses
	for _, l := range linksIn(content.Text("formatted_body")) {
		if strings.Contains(body, l.address) {
			continue
		}
		at := -1
		if l.word != "" {
			at = strings.Index(body[done:], l.word)
		}
		if at < 0 {
			body += "\n" + l.address
			continue
		}
		end := done + at + len(l.word)
		beside := " (" + l.address + ")"
		body = body[:end] + beside + body[end:]
		done = end + len(beside)
	}
	return body
}

// mentions are links to a person or a room, which clients write behind a name; the name says it all.
const mentions = "https://matrix.to/"

// maxLinks bounds the links of one text.
const maxLinks = 100

// linksIn are the links of a formatted text, in their order. What it quotes of another message is left out.
func linksIn(formatted string) []link {
	var links []link
	var open *link
	quoted := 0
	tokens := html.NewTokenizer(strings.NewReader(formatted))
	for len(links) < maxLinks {
		switch tokens.Next() {
		case html.ErrorToken: // the end
			return links
		case html.TextToken:
			if open != nil {
				open.word += string(tokens.Text())
			}
		case html.StartTagToken:
			switch t := tokens.Token(); {
			case t.Data == "mx-reply":
				quoted++
			case t.DataAtom == atom.A && quoted == 0:
				open = &link{address: href(t)}
			}
		case html.EndTagToken:
			switch t := tokens.Token(); {
			case t.Data == "mx-reply":
				quoted--
			case t.DataAtom == atom.A && open != nil:
				if open.address != "" {
					links = append(links, link{strings.TrimSpace(open.word), open.address})
				}
				open = nil
			}
		}
	}
	return links
}

// href is where a link leads, "" for a mention and for what no browser opens.
func href(t html.Token) string {
	for _, a := range t.Attr {
		if a.Key != "href" || strings.HasPrefix(a.Val, mentions) {
			continue
		}
		for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
			if strings.HasPrefix(a.Val, scheme) {
				return a.Val
			}
		}
	}
	return ""
}
