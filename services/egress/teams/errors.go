package teams

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// problem is the body of an error: of the connector an error with a code, of Teams behind it a message that holds JSON.
// https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages#understand-who-blocked-muted-or-uninstalled-a-bot
type problem struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Message string `json:"message"`
}

// codes are those that more than the status depends on.
var codes = map[string]reason.Reason{
	"MessageWritesBlocked": blocked, "BotNotInConversationRoster": notInstalled, "ConversationNotFound": noConversation,
	"ConversationBlockedByUser": blocked, "MessageSizeTooBig": tooLarge,
}

// pause is how long is waited where no time is told: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit#backoff-example
const pause = 20 * time.Second

// judge classifies an answer; nil for one of success. What is no JSON is not Teams's word.
func judge(name string, resp *httpclient.Response) error {
	if resp.OK() {
		return nil
	}
	var p problem
	told := resp.Decode(&p) == nil
	cause := fmt.Errorf("%s: status %d", name, resp.Status)
	after, timed := resp.RetryAfter()
	switch resp.Status {
	case http.StatusUnauthorized:
		return outcome.Suspend(tokenRefused, cause)
	case http.StatusTooManyRequests:
		if !timed {
			after = pause
		}
		return outcome.Wait(after, outcome.Contact, cause)
	case http.StatusPreconditionFailed, http.StatusRequestTimeout, http.StatusTooEarly: // 412 is to be tried again, as 502 and 504 are
		return outcome.TemporaryAfter(after, outOfOrder, cause)
	}
	switch {
	case resp.Status >= 500:
		return outcome.TemporaryAfter(after, outOfOrder, cause)
	case !told || resp.Status < 400:
		return resp.Err()
	}
	if why, known := codes[p.code()]; known {
		return outcome.Reject(why, cause)
	}
	switch resp.Status {
	case http.StatusForbidden:
		return outcome.Quoting(p.Error.Message, outcome.Reject(notInstalled, cause))
	case http.StatusNotFound:
		return outcome.Quoting(p.Error.Message, outcome.Reject(noConversation, cause))
	case http.StatusRequestEntityTooLarge:
		return outcome.Reject(tooLarge, cause)
	default:
		return outcome.Quoting(p.Error.Message, outcome.Reject(refused.With("status", resp.Status), cause))
	}
}

// code is the error's, wherever it stands.
func (p problem) code() string {
	if p.Error.Code != "" && codes[p.Error.Code].Code() != "" {
		return p.Error.Code
	}
	for _, text := range []string{p.Error.Message, p.Message} {
		var inner struct {
			SubCode string `json:"subCode"`
		}
		if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &inner) == nil && inner.SubCode != "" {
			return inner.SubCode
		}
	}
	return p.Error.Code
}
