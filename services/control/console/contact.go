package console

import (
	"net/url"
	"regexp"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// contactShown is how many messages of a contact a page lists.
const contactShown = 100

// contactKey is what the key of a contact looks like.
var contactKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// whose is a contact as it stands in a list: the end of its address where that is known, else a name that comes of its key. The
// same contact is the same everywhere.
type whose struct{ Text, Href string }

// mostNamed is how much of a key names a contact, in characters: each is one of 32.
const mostNamed = 5

// WhoseIs is a contact by its channel, the end of its address and its key; empty where nothing is known.
func (q *request) WhoseIs(channel, shortened, key string) (w whose) {
	if len([]rune(shortened)) > len([]rune(hiddenAddress)) {
		w.Text = shortened
	}
	if !contactKey.MatchString(key) {
		return w
	}
	if w.Text == "" {
		w.Text = q.format(q.W.Lists.Named, key[:min(len(key), mostNamed)])
	}
	w.Href = Path + "contact/" + url.PathEscape(channel) + "/" + url.PathEscape(key)
	return w
}

// hiddenAddress is what the API shows of an address that is too short to be shortened: it tells no two contacts apart.
const hiddenAddress = "···"

// ContactOf and ContactOfFailure are whose something is, for templates.
func (q *request) ContactOf(m *controlv1.Message) whose {
	return q.WhoseIs(m.GetChannel(), m.GetContact(), m.GetContactKey())
}

func (q *request) ContactOfFailure(f *controlv1.Failure) whose {
	return q.WhoseIs(f.GetChannel(), f.GetContact(), f.GetContactKey())
}

// contactBody is the page of one contact's messages.
type contactBody struct {
	Channel  string
	Messages []*controlv1.Message
	// Failed lists what failed of it; Next is the page of older messages.
	Failed, Next string
}

func (c *Console) contact(q *request) (*page, error) {
	channel, key := q.r.PathValue("channel"), q.r.PathValue("key")
	if !contactKey.MatchString(key) {
		return nil, errNoPage
	}
	a, err := ask(q.ctx, c.api.messages.ListMessages, &controlv1.ListMessagesRequest{Channel: channel, Contact: key, PageSize: contactShown, PageToken: q.r.URL.Query().Get("page")})
	if err != nil {
		return nil, err
	}
	b := &contactBody{Channel: channel, Messages: a.GetMessages()}
	b.Failed = failuresPath + "/list?" + choice{Since: "7d", Channel: channel, Contact: key}.values().Encode()
	if a.GetNextPageToken() != "" {
		b.Next = q.here("page", a.GetNextPageToken())
	}
	of := &controlv1.Message{Channel: channel, ContactKey: key}
	if len(b.Messages) > 0 {
		of = b.Messages[0]
	}
	name := q.ContactOf(of).Text
	if of.GetContact() == "" || of.GetContact() == hiddenAddress {
		name = key[:min(len(key), mostNamed)]
	}
	p := &page{name: "contact", Title: q.format(q.W.Lists.ContactTitle, name), Body: b}
	if plain.MatchString(channel) {
		p.Command = "puente where " + key + " --channel " + channel
	}
	return p, nil
}
