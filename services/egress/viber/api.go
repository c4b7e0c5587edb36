package viber

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
)

// transferTimeout is for a file.
const transferTimeout = time.Minute

// unanswered is how long to leave a contact alone who did not answer 100 messages of the last hour, which ends as soon as
// there is an answer: https://creators.viber.com/docs/bots-api/resources/messaging/send-message
const unanswered = 5 * time.Minute

// sender is one bot at work.
type sender struct {
	client *provider.Client
	token  provider.Secret
	name   string
	api    string // without a slash at its end
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{client: h.Client, token: a.AuthToken, name: a.Name, api: cmp.Or(strings.TrimSuffix(a.API, "/"), DefaultAPI)}, nil
}

// answer is what the methods answer, in HTTP with 200 whatever they say.
type answer struct {
	Status     *int        `json:"status"`
	Message    string      `json:"status_message"`
	Token      json.Number `json:"message_token"` // of send_message: 64 bits
	Webhook    string      `json:"webhook"`       // of get_account_info
	EventTypes []string    `json:"event_types"`   // of get_account_info
}

// ownStatuses are the errors that HTTP tells of itself; whatever Viber has to say comes with 200.
var ownStatuses = map[int]bool{401: true, 408: true, 413: true, 425: true, 429: true}

// sendMessage is the one method that must not be repeated at will, and noAnswer the reason of another that was not answered.
const (
	sendMessage = "send_message"
	noAnswer    = "Viber did not answer"
)

// call calls a method. A 404 is not Viber's word.
func (s *sender) call(ctx context.Context, method string, body any) (a answer, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return a, fmt.Errorf("encode %s: %w", method, err)
	}
	resp, err := s.client.Do(ctx, provider.Request{
		URL: s.api + "/pa/" + method, Header: http.Header{"X-Viber-Auth-Token": {s.token.Reveal()}},
		Body: bytes.NewReader(data), ContentType: "application/json",
		Idempotent: method != sendMessage, NoAnswer: reason.FromProto(nil, noAnswer),
	})
	switch {
	case err != nil:
		return a, err
	case resp.Status >= 400 && resp.Status < 500 && !ownStatuses[resp.Status]:
		return a, provider.Temporary("something other than Viber answers", fmt.Errorf("%s: status %d", method, resp.Status))
	case !resp.OK():
		return a, resp.Err()
	case json.Unmarshal(resp.Body, &a) != nil || a.Status == nil:
		return answer{}, resp.Unanswered(errors.New(method + ": the answer cannot be read"))
	case *a.Status != 0:
		return answer{}, provider.Quoting(a.words(), refused(*a.Status, fmt.Errorf("%s: status %d", method, *a.Status)))
	}
	return a, nil
}

// knownStatuses are the last of https://creators.viber.com/docs/bots-api/errors.
const knownStatuses = 24

// words are Viber's own, of a status that nobody knows.
func (a answer) words() string {
	if *a.Status > 0 && *a.Status <= knownStatuses {
		return ""
	}
	return a.Message
}

// final are the statuses that no repeat changes, with what the agent reads.
var final = map[int]string{
	1:  "Viber cannot call the webhook: the bridge must run, and public_url be reachable from outside with a certificate that is trusted",
	3:  "Viber cannot read the message, or does not take such a file",
	4:  "Viber misses something in the message",
	5:  "the contact is not registered with Viber",
	6:  "the contact does not subscribe to the bot, or has left it",
	11: "the contact has no device with a Viber that shows messages of bots",
	13: "the contact's Viber is too old for the message",
	14: "Viber does not take such a message",
	16: "Viber does not take such a message",
	17: "Viber does not take such a message",
	18: "Viber does not take such a message",
	19: "Viber does not take such a message",
	20: "Viber does not take such a message",
	21: "Viber does not carry such a message to the contact's country",
	22: "Viber does not take such a message",
	23: "the bot has used up this month's free messages to contacts who have not written",
}

// refused classifies a status: https://creators.viber.com/docs/bots-api/errors,
// https://developers.viber.com/docs/api/rest-bot-api/#error-codes
func refused(status int, cause error) error {
	if reason, ok := final[status]; ok {
		return provider.Reject(reason, cause)
	}
	switch status {
	case 2, 8:
		return provider.Suspend("Viber knows no bot with this token", cause)
	case 7, 9, 15:
		return provider.Suspend("Viber has blocked or suspended the bot", cause)
	case 24:
		return provider.Suspend("the bot's balance at Viber is used up", cause)
	case 10:
		return provider.Temporary("the bot has no webhook, and Viber sends nothing without one", cause)
	case 12:
		return provider.Wait(unanswered, provider.Contact, cause)
	default: // "general error"
		return provider.TemporaryFor(15*time.Minute, fmt.Sprintf("Viber does not take the message (status %d)", status), cause)
	}
}
