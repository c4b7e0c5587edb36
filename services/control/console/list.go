package console

import controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"

// list is a list of messages, for the template "messages".
type list struct {
	Page     *page
	Messages []*controlv1.Message
	// This is the id of the one that the page is about; "" for none.
	This string
	// WithChannel shows each one's channel and contact.
	WithChannel bool
}

// List is a list of messages of one channel.
func (p *page) List(messages []*controlv1.Message, this string) list {
	return list{Page: p, Messages: messages, This: this}
}

// ListAll is a list of messages of several channels.
func (p *page) ListAll(messages []*controlv1.Message) list {
	return list{Page: p, Messages: messages, WithChannel: true}
}
