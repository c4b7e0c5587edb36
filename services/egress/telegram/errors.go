package telegram

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// remedy is another way to send the same message.
type remedy int

const (
	noRemedy   remedy = iota
	byUpload          // Telegram cannot fetch the URL: upload the file
	asDocument        // it does not pass as what it was sent as: send it as a document
	inMainChat        // the topic is gone: send it to the chat itself
)

// refusal is the Bot API's word that it did nothing.
type refusal struct {
	method string
	code   int
	what   string // a constant: the description itself may hold what was sent
	remedy remedy
}

func (r *refusal) Error() string {
	if r.what == "" {
		return fmt.Sprintf("%s: error %d", r.method, r.code)
	}
	return fmt.Sprintf("%s: error %d: %s", r.method, r.code, r.what)
}

const (
	temporarilyUnavailable = "temporarily unavailable"
)

// known are the descriptions that mean something here, in lower case, each with what the agent reads. The wording is
// that of the Bot API server (github.com/tdlib/telegram-bot-api, Client::fail_query_with_error and its callers).
var known = []struct {
	code   int
	text   string
	reason reason.Reason
	remedy remedy
}{
	{403, "bot was blocked by the user", blocked, noRemedy},
	{403, "bot can't initiate conversation", neverStarted, noRemedy},
	{403, "user is deactivated", deactivated, noRemedy},
	{403, "bots can't send messages to bots", isBot, noRemedy},
	{403, "bot was kicked", kicked, noRemedy},
	{403, "bot is not a member", notMember, noRemedy},

	{400, "business_peer_invalid", businessChat, noRemedy},
	{400, "message thread not found", topicGone, inMainChat},
	{400, "topic_deleted", topicGone, inMainChat},
	{400, "topic_closed", topicClosed, inMainChat},
	{400, "chat not found", unknownContact, noRemedy},
	{400, "user not found", unknownContact, noRemedy},
	{400, "peer_id_invalid", unknownContact, noRemedy},
	{400, "chat_id is empty", unknownContact, noRemedy},
	{400, "upgraded to a supergroup", moved, noRemedy},
	{400, "have no rights to send", noRights, noRemedy},
	{400, "not enough rights", noRights, noRemedy},
	{400, "chat_write_forbidden", noRights, noRemedy},
	{400, "privacy_premium_required", noBots, noRemedy},
	{400, "message is too long", textTooLong, noRemedy},
	{400, "caption is too long", captionTooLong, noRemedy},
	{400, "text is empty", textEmpty, noRemedy},
	{400, "text must be non-empty", textEmpty, noRemedy},
	{400, "reply markup is too long", repliesTooLong, noRemedy},

	{400, "failed to get http url content", cannotFetch, byUpload},
	{400, "wrong file identifier/http url specified", cannotFetch, byUpload},
	{400, "wrong http url specified", cannotFetch, byUpload},
	{400, "invalid file http url specified", cannotFetch, byUpload},
	{400, "wrong remote file identifier", cannotFetch, byUpload},
	{400, "wrong type of the web page content", cannotFetch, byUpload},
	{400, "can't upload file by url", cannotFetch, byUpload},
	{400, "webpage_", cannotFetch, byUpload},
	{400, "group send failed", cannotFetch, byUpload},

	{400, "photo_invalid_dimensions", pictureShape, asDocument},
	{400, "photo_ext_invalid", pictureKind, asDocument},
	{400, "photo_save_file_invalid", pictureKind, asDocument},
	{400, "photo_invalid", pictureKind, asDocument},
	{400, "image_process_failed", pictureKind, asDocument},
	{400, "type of file mismatch", fileKind, asDocument},
	{400, "voice_messages_forbidden", noVoice, asDocument},
	{400, "too big", tooLarge, asDocument},
	{400, "file must be non-empty", fileEmpty, noRemedy},
	{400, temporarilyUnavailable, notHandedOutNow, noRemedy},

	{400, "bad webhook: failed to resolve host", hostUnresolved, noRemedy},
	{400, "bad webhook", badWebhook, noRemedy},
}

// code matches the errors that are a name of Telegram's own and so hold nothing of the message.
var code = regexp.MustCompile(`^[A-Z][A-Z_]+$`)

// refused classifies an error of the Bot API. See https://core.telegram.org/bots/api#making-requests and
// https://core.telegram.org/bots/api#responseparameters.
func (s *sender) refused(method string, chat int64, a answer, resp *httpclient.Response) error {
	r := &refusal{method: method, code: a.Code}
	lower := strings.ToLower(a.Description)
	switch {
	case a.Code == 401, a.Code == 400 && strings.HasSuffix(lower, "logged out"):
		return outcome.Suspend(tokenRefused, r)
	case a.Code == 404, a.Code == 421:
		return outcome.Suspend(noBot, r)
	case a.Code == 409 && strings.Contains(lower, "other getupdates"):
		r.what = "polled elsewhere"
		return outcome.WaitBecause(otherPoller, outcome.Channel, polledElsewhere, r)
	case a.Code == 409: // its webhook was set, or is being set
		return outcome.Temporary(webhookInTheWay, r)
	case a.Code == 413:
		return outcome.Reject(tooLarge, r)
	case a.Code == 429:
		return outcome.Wait(retryAfter(a, resp), s.refusals.scope(chat, time.Now()), r)
	case a.Code >= 500:
		return outcome.Temporary(outOfOrder, r)
	}
	if passing[lower] {
		return outcome.TemporaryFor(passesWithin, outOfOrder, r)
	}
	for _, k := range known {
		if k.code == a.Code && strings.Contains(lower, k.text) {
			r.what, r.remedy = k.text, k.remedy
			return outcome.Reject(k.reason, r)
		}
	}
	words := a.Description
	if _, after, ok := strings.Cut(words, ": "); ok { // after "Bad Request"
		words = after
	}
	if code.MatchString(words) {
		r.what = words
	}
	switch {
	case a.Code == 403:
		return outcome.Quoting(words, outcome.Reject(notPermitted, r))
	case chat == 0:
		return outcome.Quoting(words, outcome.Reject(refusedCall.With("method", method).With("status", a.Code), r))
	default:
		return outcome.Quoting(words, outcome.Reject(refusedMessage.With("status", a.Code), r))
	}
}

// passing are faults of Telegram's own that it tells as if the request were at fault, in lower case.
// https://core.telegram.org/api/errors#500-internal
var passing = map[string]bool{
	"bad request: internal server error": true, "bad request: timeout": true, "bad request: msg_wait_failed": true,
	"bad request: msg_wait_timeout": true, "bad request: rpc_call_fail": true, "bad request: rpc_mcget_fail": true,
}

// passesWithin bounds the tries of such a fault: it may be the request's after all.
const passesWithin = 15 * time.Minute

func retryAfter(a answer, resp *httpclient.Response) time.Duration {
	const week = 7 * 24 * 60 * 60
	if seconds := a.Parameters.RetryAfter; seconds > 0 {
		return time.Duration(min(seconds, week)) * time.Second
	}
	if after, ok := resp.RetryAfter(); ok {
		return after
	}
	return time.Minute
}

// remedyOf is how an attachment that was refused may still be sent.
func remedyOf(err error) remedy {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.remedy
	}
	return noRemedy
}

// refusals tells a limit of one contact from one of the whole bot, which Telegram answers alike: contacts refused
// within a second are a limit of the bot. It is safe for concurrent use.
type refusals struct {
	mu     sync.Mutex
	recent map[int64]time.Time // by chat, the last second's only
}

// refusalsOfBot is how many contacts must be refused within a second.
const refusalsOfBot = 3

func (r *refusals) scope(chat int64, now time.Time) result.Scope {
	if chat == 0 {
		return outcome.Channel
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.recent == nil {
		r.recent = map[int64]time.Time{}
	}
	for c, t := range r.recent {
		if now.Sub(t) > time.Second {
			delete(r.recent, c)
		}
	}
	r.recent[chat] = now
	if len(r.recent) >= refusalsOfBot {
		return outcome.Channel
	}
	return outcome.Contact
}
