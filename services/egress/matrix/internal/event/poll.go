package event

import (
	"fmt"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// poll reads polls, which no other side knows, nil for what is none: MSC3381 as it is in use and as it was accepted,
// https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/3381-polls.md
func poll(kind string, fields Object) *messagev1.Content {
	switch kind {
	case "m.poll.start":
		return question(fields.In("m.poll"), "m.text")
	case "org.matrix.msc3381.poll.start":
		return question(fields.In("org.matrix.msc3381.poll.start"), "org.matrix.msc1767.text")
	case "m.poll.response", "org.matrix.msc3381.poll.response":
		return content.Text("[voted in a poll]")
	case "m.poll.end", "org.matrix.msc3381.poll.end":
		return content.Text("[ended a poll]")
	default:
		return nil
	}
}

func question(p Object, field string) *messagev1.Content {
	var b strings.Builder
	b.WriteString(words("poll", sentence(p.In("question"), field)))
	for i, raw := range p.List("answers") {
		fmt.Fprintf(&b, "\n%d. %s", i+1, sentence(Read(raw), field))
	}
	return content.Text(b.String())
}

// sentence is a text: as itself, or as a list of the same text in several forms.
func sentence(o Object, field string) string {
	if s := o.Text(field); s != "" {
		return s
	}
	for _, raw := range o.List(field) {
		form := Read(raw)
		if kind := form.Text("mimetype"); kind == "" || kind == "text/plain" {
			return form.Text("body")
		}
	}
	return o.Text("body")
}
