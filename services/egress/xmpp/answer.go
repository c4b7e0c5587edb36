package xmpp

import (
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Namespaces of what is answered.
const (
	discoInfo  = "http://jabber.org/protocol/disco#info"
	discoItems = "http://jabber.org/protocol/disco#items"
	vcard      = "vcard-temp"
)

// answer is what a stanza is answered that is not stored: questions, presences, and messages for somebody who is not here.
func (a Account) answer(e *stanza.Element) []*stanza.Element {
	if e.Space != stanza.Content || isError(e) || domainOf(e.Attr("from")) == domainOf(a.Address) {
		return nil
	}
	one := func(answer *stanza.Element) []*stanza.Element { return []*stanza.Element{answer} }
	to := bare(e.Attr("to"))
	here := to == a.Address || to == domainOf(a.Address) && e.Name == "iq"
	switch kind := e.Attr("type"); e.Name {
	case "iq":
		switch {
		case kind != "get" && kind != "set":
			return nil
		case !here:
			return one(errorFor(e, "cancel", "item-not-found"))
		default:
			return one(a.told(e, to))
		}
	case "presence":
		return a.present(e, here)
	case "message":
		if matters(e) && kind != "groupchat" && !here {
			return one(errorFor(e, "cancel", "item-not-found"))
		}
	}
	return nil // a message that says nothing, such as that somebody types
}

// told is the answer to a question.
func (a Account) told(e *stanza.Element, to string) *stanza.Element {
	result := stanza.New(stanza.Content, "iq", "type", "result", "from", e.Attr("to"), "to", e.Attr("from"), "id", e.Attr("id"))
	asked := func(space, name string) bool { return e.Child(space, name) != nil }
	switch {
	case e.Attr("type") == "set":
	case asked(discoInfo, "query") && e.Child(discoInfo, "query").Attr("node") == "":
		return result.With(a.info(to))
	case asked(discoItems, "query") && e.Child(discoItems, "query").Attr("node") == "":
		items := stanza.New(discoItems, "query")
		if to != a.Address {
			items.With(stanza.New(discoItems, "item", "jid", a.Address, "name", a.title()))
		}
		return result.With(items)
	case asked(ping, "ping"):
		return result
	case asked(vcard, "vCard"):
		return result.With(stanza.New(vcard, "vCard").With(stanza.New(vcard, "FN").Saying(a.title())))
	}
	return errorFor(e, "cancel", "service-unavailable")
}

// info is what the address, or the component's domain, is and can do: https://xmpp.org/extensions/xep-0030.html
func (a Account) info(of string) *stanza.Element {
	query := stanza.New(discoInfo, "query")
	identity := stanza.New(discoInfo, "identity", "category", "component", "type", "generic", "name", a.title())
	features := []string{discoInfo, discoItems, ping, vcard}
	if of == a.Address {
		identity = stanza.New(discoInfo, "identity", "category", "client", "type", "bot", "name", a.title())
		features = append(features, receiptSpace, markerSpace, oobSpace, correction, retraction)
	}
	query.With(identity)
	for _, f := range features {
		query.With(stanza.New(discoInfo, "feature", "var", f))
	}
	return query
}

// present makes the address look as it is, there, to whoever asks: https://www.rfc-editor.org/rfc/rfc6121#section-3
func (a Account) present(e *stanza.Element, here bool) []*stanza.Element {
	from := bare(e.Attr("from"))
	presence := func(kind, to string) *stanza.Element {
		return stanza.New(stanza.Content, "presence", "type", kind, "from", bare(e.Attr("to")), "to", to)
	}
	switch e.Attr("type") {
	case "subscribe":
		if !here {
			return []*stanza.Element{presence("unsubscribed", from)}
		}
		return []*stanza.Element{presence("subscribed", from), presence("", from)}
	case "unsubscribe":
		return []*stanza.Element{presence("unsubscribed", from)}
	case "probe":
		if here {
			return []*stanza.Element{presence("", e.Attr("from"))}
		}
	}
	return nil
}

// isError says that a stanza is an error, which is never answered.
func isError(e *stanza.Element) bool { return e.Attr("type") == "error" }

// errorFor is the error that a stanza is answered (https://www.rfc-editor.org/rfc/rfc6120#section-8.3).
func errorFor(e *stanza.Element, kind, condition string) *stanza.Element {
	return stanza.New(stanza.Content, e.Name, "type", "error", "from", e.Attr("to"), "to", e.Attr("from"), "id", e.Attr("id")).With(
		stanza.New(stanza.Content, "error", "type", kind).With(stanza.New(stanzaErrors, condition)))
}
