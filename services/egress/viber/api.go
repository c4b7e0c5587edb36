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
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// transferTimeout is for a file.
const transferTimeout = time.Minute

// unanswered is how long to leave a contact alone who did not answer 100 messages of the last hour, which ends as soon as
// there is an answer: https://creators.viber.com/docs/bots-api/resources/messaging/send-message
const unanswered = 5 * time.Minute

// sender is one bot at work.
type sender struct {
	client *httpclient.Client
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

// sendMessage is the one method that must not be repeated at will.
const sendMessage = "send_message"

// call calls a method. A 404 is not Viber's word.
func (s *sender) call(ctx context.Context, method string, body any) (a answer, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return a, fmt.Errorf("encode %s: %w", method, err)
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		URL: s.api + "/pa/" + method, Header: http.Header{"X-Viber-Auth-Token": {s.token.Reveal()}},
		Body: bytes.NewReader(data), ContentType: "application/json",
		Idempotent: method != sendMessage, NoAnswer: noAnswer,
	})
	switch {
	case err != nil:
		return a, err
	case resp.Status >= 400 && resp.Status < 500 && !ownStatuses[resp.Status]:
		return a, outcome.Temporary(notViber, fmt.Errorf("%s: status %d", method, resp.Status))
	case !resp.OK():
		return a, resp.Err()
	case json.Unmarshal(resp.Body, &a) != nil || a.Status == nil:
		return answer{}, resp.Unanswered(errors.New(method + ": the answer cannot be read"))
	case *a.Status != 0:
		return answer{}, outcome.Quoting(a.words(), refused(*a.Status, fmt.Errorf("%s: status %d", method, *a.Status)))
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
var final = map[int]reason.Reason{
	1:  webhookNotCalled,
	3:  notRead,
	4:  somethingMissing,
	5:  notRegistered,
	6:  notSubscribed,
	11: noDevice,
	13: tooOld,
	14: notTaken,
	16: notTaken,
	17: notTaken,
	18: notTaken,
	19: notTaken,
	20: notTaken,
	21: countryNotCarried,
	22: notTaken,
	23: monthUsedUp,
}

// refused classifies a status: https://creators.viber.com/docs/bots-api/errors,
// https://developers.viber.com/docs/api/rest-bot-api/#error-codes
func refused(status int, cause error) error {
	if why, ok := final[status]; ok {
		return outcome.Reject(why, cause)
	}
	switch status {
	case 2, 8:
		return outcome.Suspend(noBot, cause)
	case 7, 9, 15:
		return outcome.Suspend(botBlocked, cause)
	case 24:
		return outcome.Suspend(noBalance, cause)
	case 10:
		return outcome.Temporary(noWebhook, cause)
	case 12:
		return outcome.Wait(unanswered, outcome.Contact, cause)
	default: // "general error"
		return outcome.TemporaryFor(15*time.Minute, notTakenStatus.With("status", status), cause)
	}
}
