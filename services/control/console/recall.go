package console

import (
	"strings"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// ids are the messages that it is about.
func (b *replayBody) ids() (all []string) {
	for _, o := range b.Outcomes {
		if id := o.GetFailure().GetId(); id != "" {
			all = append(all, id)
		}
	}
	return all
}

// stand asks how the messages stand now.
func (b *replayBody) stand(q *request) error {
	b.Now = map[string]*controlv1.Message{}
	ids := b.ids()
	if len(ids) == 0 {
		return nil
	}
	a, err := ask(q.ctx, q.c.api.messages.ListMessages, &controlv1.ListMessagesRequest{Ids: ids})
	for _, m := range a.GetMessages() {
		b.Now[m.GetId()] = m
	}
	return err
}

// NowOf is how the message of an outcome stands now; nil where that is not known.
func (b *replayBody) NowOf(o *controlv1.ReplayOutcome) *controlv1.Message {
	return b.Now[o.GetFailure().GetId()]
}

// mostRecalled is how long what a page is made of anew may be, in bytes: it stands in the page's address.
const mostRecalled = 4096

// recall is what the page can be made of in a process that did not send again: the ids of the messages; "" where that is too much.
func (b *replayBody) recall() string {
	if text := strings.Join(b.ids(), " "); len(text) <= mostRecalled {
		return text
	}
	return ""
}

// recalled is the page of a replay that another process did: how its messages stand now.
func (c *Console) recalled(q *request, text string) (*page, error) {
	b := &replayBody{Sum: &controlv1.ReplaySum{}, Back: failuresPath}
	for id := range strings.FieldsSeq(text) {
		b.Outcomes = append(b.Outcomes, &controlv1.ReplayOutcome{Failure: &controlv1.Failure{Id: id}})
	}
	b.Outcomes = b.Outcomes[:min(len(b.Outcomes), outcomesShown)]
	if err := b.stand(q); err != nil {
		return nil, err
	}
	for _, o := range b.Outcomes {
		m := b.NowOf(o)
		o.Failure.Channel, o.Failure.Contact, o.Failure.ContactKey = m.GetChannel(), m.GetContact(), m.GetContactKey()
	}
	return b.page(q), nil
}
