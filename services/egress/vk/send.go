package vk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

var said reason.Table // the reasons of this network

var (
	textsOnly  = said.New("texts_only", reason.Agent, "VK takes texts only", "VK solo admite textos")
	notAllowed = said.New("not_allowed", reason.Contact, "the contact does not let the community write", "el contacto no permite que la comunidad le escriba")
	blocked    = said.New("blocked", reason.Setup, "the contact is in the community's blacklist", "el contacto está en la lista negra de la comunidad")
	gone       = said.New("gone", reason.Contact, "the contact's page was deleted or banned", "la página del contacto se ha eliminado o bloqueado")
	noContact  = said.New("no_contact", reason.Setup, "VK does not know the contact", "VK no conoce al contacto")
	tooLong    = said.New("too_long", reason.Agent, "the text is too long for VK", "el texto es demasiado largo para VK")
	flood      = said.New("flood", reason.Network, "the contact is sent too much at once, VK says", "VK dice que se envía demasiado seguido al contacto")
	captcha    = said.New("captcha", reason.Setup, "VK wants a person of the community to prove that they are one", "VK quiere que una persona de la comunidad demuestre que lo es")
	noRight    = said.New("no_right", reason.Setup, "the token may not send messages", "el token no puede enviar mensajes")
)

// refused says what became of a call that VK answers with an error: https://dev.vk.com/en/reference/errors
func refused(code int) error {
	err := fmt.Errorf("error_code %d", code)
	final := map[int]reason.Reason{
		18: gone, 100: noContact, 113: noContact, 900: blocked, 901: notAllowed, 902: notAllowed, 914: tooLong, 936: noContact,
	}
	switch code {
	case 5, 27:
		return outcome.Suspend(reason.CredentialRefused, err)
	case 7, 15:
		return outcome.Suspend(noRight, err)
	case 6:
		return outcome.Wait(time.Second, outcome.Account, err)
	case 9:
		return outcome.TemporaryAfter(time.Minute, flood, err)
	case 14:
		return outcome.TemporaryAfter(time.Minute, captcha, err)
	case 1, 10:
		return outcome.Temporary(reason.OutOfOrder, err)
	}
	if why, ok := final[code]; ok {
		return outcome.Reject(why, err)
	}
	return outcome.TemporaryFor(outcome.UnclassifiedFor, reason.Refused.With("status", err), err)
}

// version is that of the API: https://dev.vk.com/en/api/api-requests
const version = "5.199"

type sender struct {
	client *httpclient.Client
	api    string
	token  provider.Secret
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{h.Client, cmp.Or(strings.TrimSuffix(a.API, "/"), DefaultAPI), a.Token}, nil
}

// call calls a method of the API, as https://dev.vk.com/en/api/api-requests has it, and reads its response into out.
func (s *sender) call(ctx context.Context, method string, params url.Values, idempotent bool, out any) error {
	params.Set("v", version)
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: s.api + "/method/" + method, Header: http.Header{"Authorization": {"Bearer " + s.token.Reveal()}},
		Body: strings.NewReader(params.Encode()), ContentType: "application/x-www-form-urlencoded", Idempotent: idempotent,
	})
	if err != nil {
		return err // the client says whether it may have been taken
	}
	if err := resp.Err(); err != nil {
		return err
	}
	var answer struct {
		Response json.RawMessage
		Error    *struct {
			Code int `json:"error_code"`
		}
	}
	if resp.Decode(&answer) != nil || answer.Error == nil && json.Unmarshal(answer.Response, out) != nil {
		return resp.Unanswered(errors.New("the answer has no response that can be read"))
	}
	if answer.Error != nil {
		return refused(answer.Error.Code)
	}
	return nil
}

// Send implements [provider.Sender]. VK drops what has the random_id of an earlier message to the same peer.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	text := m.GetContent().GetText()
	if text == nil { // by Carries everything is a text
		return sent, outcome.Reject(textsOnly, errors.New("another kind of content"))
	}
	var id int64
	err = s.call(ctx, "messages.send", url.Values{
		"peer_id": {m.GetContact().GetAddress()}, "random_id": {strconv.FormatInt(provider.NumberKey(m, 31), 10)}, "message": {text.GetBody()},
	}, false, &id)
	if err == nil && id == 0 {
		err = outcome.Uncertain(errors.New("the answer has no id"))
	}
	if err != nil {
		return sent, err
	}
	return provider.Sent{Ref: strconv.FormatInt(id, 10)}, nil
}

// Check implements [provider.Checker]: https://dev.vk.com/en/method/groups.getTokenPermissions
func (s *sender) Check(ctx context.Context) error {
	var rights struct{ Mask int64 }
	err := s.call(ctx, "groups.getTokenPermissions", url.Values{}, true, &rights)
	if err == nil && rights.Mask&(1<<12) == 0 { // messages: https://dev.vk.com/en/reference/access-rights
		return outcome.Suspend(noRight, errors.New("the token lacks the right to messages"))
	}
	return err
}
