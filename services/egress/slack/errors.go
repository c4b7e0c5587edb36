package slack

import (
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// refusal is Slack's word that it did nothing.
type refusal struct {
	method string
	status int
	code   string
}

// Error has the code where it is one that is known: of what is not nobody can tell what it holds.
func (r *refusal) Error() string {
	code := r.code
	if !known(code) {
		code = "a code that is not known"
	}
	return fmt.Sprintf("%s: status %d, %s", r.method, r.status, code)
}

// known says whether a code is one of Slack's documentation.
func known(code string) bool {
	_, ofSetup := setup[code]
	_, isFinal := final[code]
	return ofSetup || isFinal || credential[code] || throttled[code] || passing[code] || uncertain[code] || threadless[code]
}

// codeOf is the code of a refusal, "" for none.
func codeOf(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.code
	}
	return ""
}

// The codes, of https://docs.slack.dev/reference/methods/chat.postMessage and the pages of the other methods.
var (
	// credential are codes of a token that is no good.
	credential = words("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
		"user_removed_from_team")
	// setup are codes of what somebody has to change at the app or in the workspace, for all messages.
	setup = map[string]reason.Reason{
		"missing_scope": scopeMissing, "no_permission": scopeMissing,
		"messages_tab_disabled": messagesOff,
		"access_denied":         notAllowed, "accesslimited": notAllowed, "team_access_not_granted": notAllowed, "forbidden_team": notAllowed,
		"enterprise_is_restricted": notAllowed, "two_factor_setup_required": notAllowed, "ekm_access_denied": notAllowed,
	}
	// throttled are codes of too many requests.
	throttled = words("ratelimited", "rate_limited")
	// passing are codes of what is over after a while, and of a request that did not arrive whole.
	passing = words("service_unavailable", "team_added_to_org", "org_login_required", "request_timeout")
	// uncertain are codes of an error after which "some aspect of the operation" may have succeeded.
	uncertain = words("internal_error", "fatal_error")
	// final are codes of messages that will never be taken.
	final = map[string]reason.Reason{
		noChannel: unknownContact, "invalid_channel": unknownContact, "user_not_found": unknownContact, "user_not_visible": unknownContact, "invalid_user_combination": unknownContact,
		"users_not_found": unknownContact, "cannot_dm_bot": unknownContact, "not_in_channel": unknownContact, "app_access_restricted": unknownContact,
		"user_is_external_guest": unknownContact, "user_disabled": contactGone, "is_archived": contactGone,
		"no_text": empty, "msg_too_long": tooLong, "msg_blocks_too_long": tooLong,
		"restricted_action": restricted, "restricted_action_read_only_channel": restricted, "restricted_action_thread_only_channel": restricted,
		"restricted_action_non_threadable_channel": restricted, "restricted_action_thread_locked": restricted,
		"posting_to_channel_denied": restricted, "slack_connect_file_link_sharing_blocked": restricted,
		"file_type_not_allowed": badFile, "file_uploads_disabled": badFile, "file_uploads_except_images_disabled": badFile,
		"file_upload_size_restricted": tooLarge, "storage_limit_reached": noStorage,
	}
	// threadless are codes of a thread that takes no answers any more.
	threadless = words("cannot_reply_to_message", "thread_not_found", "message_not_found", "restricted_action_non_threadable_channel",
		"restricted_action_thread_locked", "invalid_thread_ts")
)

// noChannel is what a channel is called that is not this app's; where a file is shared, it may be "invalid_channel" too.
const noChannel = "channel_not_found"

func words(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, w := range all {
		set[w] = true
	}
	return set
}

// problem is the body of an answer: https://docs.slack.dev/apis/web-api#responses
type problem struct {
	OK    *bool  `json:"ok"`
	Error string `json:"error"`
}

// judge classifies an answer; nil for one of success. What has no ok is not Slack's word. refuses is what is said where
// the token is no good.
func judge(method string, resp *httpclient.Response, refuses reason.Reason) error {
	var p problem
	isSlack := resp.Decode(&p) == nil && p.OK != nil
	r := &refusal{method, resp.Status, p.Error}
	switch {
	case resp.Status == 429, isSlack && throttled[p.Error]:
		return outcome.Wait(retryAfter(resp), outcome.Channel, r)
	case !isSlack && resp.OK():
		return resp.Unanswered(fmt.Errorf("%s: no answer of Slack's", method))
	case !isSlack && (resp.Status >= 500 || resp.Status == 408 || resp.Status == 425):
		after, _ := resp.RetryAfter()
		return outcome.TemporaryAfter(after, outOfOrder, r)
	case !isSlack:
		return outcome.TemporaryFor(outcome.UnclassifiedFor, reason.Stranger.With("status", resp.Status), r)
	case *p.OK:
		return nil
	case credential[p.Error]:
		return outcome.Suspend(refuses, r)
	case uncertain[p.Error]:
		return resp.Unanswered(r)
	case passing[p.Error]:
		after, _ := resp.RetryAfter()
		return outcome.TemporaryAfter(after, outOfOrder, r)
	case p.Error == "message_limit_exceeded":
		return outcome.WaitBecause(time.Minute, outcome.Channel, tooMany, r)
	}
	if why, ok := setup[p.Error]; ok {
		return outcome.Suspend(why, r)
	}
	if why, ok := final[p.Error]; ok {
		return outcome.Reject(why, r)
	}
	return outcome.Quoting(p.Error, outcome.Reject(refused, r))
}

// retryAfter is how long is to be waited: https://docs.slack.dev/apis/web-api/rate-limits#responding
func retryAfter(resp *httpclient.Response) time.Duration {
	if after, ok := resp.RetryAfter(); ok {
		return after
	}
	return time.Minute
}
