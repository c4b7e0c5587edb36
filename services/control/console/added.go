package console

import (
	"net/url"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// addedBody is the page on which somebody waits for the first messages of a channel.
type addedBody struct {
	ID, Network string
	// Known says that the bridge has taken it up.
	Known bool
	// PublicURL is what the platform calls; "" where that is not known here. ContactID is the type of ids that it was set up with.
	PublicURL, ContactID string
	// Findings are what the network said when it was asked; nil where it was not.
	Findings []*controlv1.Finding
	// In and Out are the first steps both ways; nil while nothing came.
	In, Out *controlv1.Message
	// Refused are calls of it that the door refused.
	Refused uint64
	webhookOf
}

// Done says that a message has arrived each way.
func (b *addedBody) Done() bool {
	return b.In != nil && sent(b.In.GetState()) && b.Out != nil && sent(b.Out.GetState())
}

// added shows how far a channel is that was added.
func (c *Console) added(q *request) (*page, error) {
	b := &addedBody{ID: q.r.PathValue("channel"), Network: q.r.URL.Query().Get("network")}
	p := &page{name: "added", Title: q.format(q.W.Added.Title, b.ID), Tab: "new", Command: "puente setup --check " + b.ID, Body: b, Live: Path + "live"}
	switch q.r.URL.Query().Get("asked") {
	case "good":
		p.Notice, p.NoticeMood = q.W.Added.AskedGood, "good"
	case "unknown":
		p.Notice = q.W.Added.AskedUnknown
	}
	list, err := ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
	if err != nil {
		return nil, err
	}
	b.PublicURL = list.GetPublicUrl()
	is, err := ask(q.ctx, c.api.channels.GetChannel, &controlv1.GetChannelRequest{Channel: b.ID})
	if isNotFound(err) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	b.webhookOf = webhookIn(list, is.GetChannel().GetNetwork())
	b.Known, b.Network, b.ContactID = true, is.GetChannel().GetNetwork(), is.GetSettings()["contact_id"]
	p.Live += "?channel=" + url.QueryEscape(b.ID)
	latest := func(to **controlv1.Message, d controlv1.Direction) func() error {
		return func() error {
			a, err := ask(q.ctx, c.api.messages.ListMessages, &controlv1.ListMessagesRequest{Channel: b.ID, Direction: d, PageSize: 1})
			if len(a.GetMessages()) > 0 {
				*to = a.GetMessages()[0]
			}
			return err
		}
	}
	return p, together(latest(&b.In, controlv1.Direction_DIRECTION_IN), latest(&b.Out, controlv1.Direction_DIRECTION_OUT))
}

// addedCheck asks the network about the channel; addedRegister has its webhook registered too.
func (c *Console) addedCheck(q *request) (*page, error) {
	a, err := ask(q.ctx, c.api.channels.CheckChannel, &controlv1.CheckChannelRequest{Channel: q.r.PathValue("channel")})
	return c.addedWith(q, a.GetFindings(), err)
}

func (c *Console) addedRegister(q *request) (*page, error) {
	a, err := ask(q.ctx, c.api.channels.RegisterChannel, &controlv1.RegisterChannelRequest{Channel: q.r.PathValue("channel")})
	return c.addedWith(q, a.GetFindings(), err)
}

func (c *Console) addedWith(q *request, findings []*controlv1.Finding, err error) (*page, error) {
	if err != nil {
		return nil, err
	}
	p, err := c.added(q)
	if err == nil {
		p.Body.(*addedBody).Findings = findings
		p.again = func(q *request) (*page, error) { return c.addedWith(q, findings, nil) }
	}
	return p, err
}

// first is a message with the page that it stands on; nil for none yet.
type first struct {
	Page    *page
	Message *controlv1.Message
}

// First is the first message of a way for its template.
func (p *page) First(m *controlv1.Message) first { return first{p, m} }

// Lamp is a lamp for templates.
func (p *page) Lamp(mood, word string) lamp { return lamp{mood, word} }
