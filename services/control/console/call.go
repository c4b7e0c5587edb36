package console

import (
	"net/url"
	"regexp"
	"strconv"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// callBody is the page of one stored call.
type callBody struct {
	*controlv1.ShowCallResponse
	// Body is its structure, indented, in the page's language.
	Body string
}

// Fresh is how many messages of it are not known yet: to read it again would make them.
func (b *callBody) Fresh() uint32 { return b.GetCall().GetMessages() - b.GetCall().GetKnown() }

// Nothing says that the bridge makes nothing of it.
func (b *callBody) Nothing() bool {
	c := b.GetCall()
	return c.GetMessages() == 0 && c.GetReceipts() == 0 && c.GetIgnored() == 0 && c.GetUnreadable() == 0 && c.GetError() == ""
}

// CallHref is the page of a call.
func (q *request) CallHref(c *controlv1.Call) string {
	return Path + "call/" + url.PathEscape(c.GetNetwork()) + "/" + strconv.FormatUint(c.GetNumber(), 10)
}

func (c *Console) call(q *request) (*page, error) {
	network := q.r.PathValue("network")
	number, err := strconv.ParseUint(q.r.PathValue("number"), 10, 64)
	if err != nil || number == 0 {
		return nil, errNoPage
	}
	a, err := ask(q.ctx, c.api.webhooks.ShowCall, &controlv1.ShowCallRequest{Network: network, Number: number})
	if err != nil {
		return nil, err
	}
	p := &page{name: "call", Title: q.format(q.W.Call.Title, number, network), Tab: "calls", Body: &callBody{a, q.Blanked(indented(a.GetStructure()))}}
	if plain.MatchString(network) {
		p.Command = "puente calls show " + strconv.FormatUint(number, 10) + " --network " + network
	}
	return p, nil
}

// BecameOf is what became of a message that a call brought.
func (q *request) BecameOf(m *controlv1.CallMessage) lamp {
	switch {
	case m.GetState() != 0:
		return q.StandsAs(&controlv1.Message{State: m.GetState(), Direction: controlv1.Direction_DIRECTION_IN})
	case m.GetKnown():
		return lamp{"", q.W.Call.NotInHistory}
	default:
		return lamp{"warn", q.W.Call.New}
	}
}

// What package blank writes in place of values.
var (
	blankedCount = regexp.MustCompile(`\b(text|name) of ([0-9]+) (characters|bytes)`)
	blankedType  = regexp.MustCompile(`"(number|true or false)"([^:]|$)`) // it is no name
	blankedForm  = regexp.MustCompile(`"form: `)
)

// Blanked is a structure without values in the page's language: what stands in place of the values is ours, and the names are the
// network's.
func (q *request) Blanked(structure string) string {
	w := q.W.Lists
	structure = blankedCount.ReplaceAllStringFunc(structure, func(found string) string {
		parts := blankedCount.FindStringSubmatch(found)
		switch {
		case parts[1] == "name":
			return q.format(w.NameOf, parts[2])
		case parts[3] == "bytes":
			return q.format(w.BytesOf, parts[2])
		default:
			return q.format(w.TextOf, parts[2])
		}
	})
	structure = blankedType.ReplaceAllStringFunc(structure, func(found string) string {
		parts, text := blankedType.FindStringSubmatch(found), w.Number
		if parts[1] != "number" {
			text = w.TrueOrFalse
		}
		return `"` + text + `"` + parts[2]
	})
	return blankedForm.ReplaceAllString(structure, `"`+w.Form+": ")
}
