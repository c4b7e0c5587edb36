// Package acme is the messenger that a company has built for its own people. It takes texts and tells nothing back, so
// that the example stays short; a network that is heard too has a webhook and Receive besides.
package acme

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// docs is the page of every limit.
const docs = "https://wiki.acme.example/messenger"

// Network is what Puente knows about the messenger.
var Network = provider.Network[Account]{
	Name:    "acme",
	Doc:     docs,
	Carries: provider.Carries{Text: provider.Limit{Max: 2000, Unit: provider.UTF16, Page: docs}},
	Reasons: &said,
	Open:    open,
}

// said is all that the messenger's code may say of a message.
var said reason.Table

var textsOnly = said.New("texts_only", reason.Agent,
	"the messenger takes texts only",
	"la mensajería solo admite textos")

// Account is what stands under account in puente.yaml.
type Account struct {
	Token provider.Secret `json:"token" doc:"The bot's token, from the messenger's administrators."`
	API   string          `json:"api" doc:"Where the messenger is: scheme, host and port."`
}

// sender is one account at work.
type sender struct {
	client *httpclient.Client
	url    string
	token  provider.Secret
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{h.Client, strings.TrimSuffix(a.API, "/") + "/messages", a.Token}, nil
}

// Send implements [provider.Sender].
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	text := m.GetContent().GetText()
	if text == nil { // by Carries everything comes as a text
		return sent, outcome.Reject(textsOnly, errors.New("another kind of content"))
	}
	answer, err := s.client.JSON(ctx, s.url, http.Header{"Authorization": {"Bearer " + s.token.Reveal()}}, map[string]string{
		"to": m.GetContact().GetAddress(), "text": text.GetBody(),
	})
	if err != nil {
		return sent, err
	}
	return sent, answer.Err()
}
