package discord

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// refusal is the API's word that it did nothing.
type refusal struct {
	call         string
	status, code int
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s: status %d, code %d", r.call, r.status, r.code)
}

// codeOf is the code of a refusal, 0 for none.
func codeOf(err error) int {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.code
	}
	return 0
}

// Codes that more than a word depends on.
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
const (
	unauthorized   = 40001
	unknownChannel = 10003
	tooFast        = 40003
	entityTooLarge = 40005
)

// final are codes of messages that will never be taken.
var final = map[int]reason.Reason{
	50007: cannotSend, 50278: noMutualServer,
	10013: unknownContact, unknownChannel: unknownContact, 50033: unknownContact,
	50006: empty, entityTooLarge: tooLarge, 50046: badFile,
	200000: blocked, 240000: blocked,
}

// passing are codes of what Discord has switched off for a time.
var passing = map[int]bool{40004: true, 40006: true, 110001: true}

// opensAgain is how long is waited where too many conversations were begun.
const opensAgain = time.Minute

// problem is the body of an error: https://docs.discord.com/developers/reference#error-messages
type problem struct {
	Code       int     `json:"code"`
	Message    string  `json:"message"`
	RetryAfter float64 `json:"retry_after"`
	Global     bool    `json:"global"`
}

// judge classifies an answer; nil for one of success. What has no code is not the API's word.
func judge(name string, resp *httpclient.Response, concerns result.Scope) error {
	if resp.OK() {
		return nil
	}
	var p problem
	known := resp.Decode(&p) == nil
	r := &refusal{name, resp.Status, p.Code}
	if resp.Status == 429 {
		if !known || p.Global || resp.Header.Get("X-RateLimit-Scope") == "global" { // without JSON it is Cloudflare's, for the address
			concerns = outcome.Account
		}
		return outcome.Wait(retryAfter(resp, p), concerns, r)
	}
	switch {
	case resp.Status == 401, p.Code == unauthorized:
		return outcome.Suspend(tokenRefused, r)
	case resp.Status >= 500, resp.Status == 408, resp.Status == 425:
		after, _ := resp.RetryAfter()
		return outcome.TemporaryAfter(after, outOfOrder, r)
	case p.Code == tooFast:
		return outcome.WaitBecause(opensAgain, outcome.Channel, tooManyNew, r)
	case passing[p.Code]:
		return outcome.Temporary(outOfOrder, r)
	case resp.Status == 413:
		return outcome.Reject(tooLarge, r)
	case p.Code == 0:
		return outcome.TemporaryFor(outcome.UnclassifiedFor, reason.Stranger.With("status", resp.Status), r)
	}
	if why, ok := final[p.Code]; ok {
		return outcome.Reject(why, r)
	}
	return outcome.Quoting(p.Message, outcome.Reject(refused.With("code", p.Code), r))
}

// retryAfter is how long is to be waited: https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit
func retryAfter(resp *httpclient.Response, p problem) time.Duration {
	if after, ok := seconds(p.RetryAfter); ok {
		return after
	}
	if after, ok := resp.RetryAfter(); ok {
		return after
	}
	return time.Minute
}

// seconds reads a time that an answer tells, in whole milliseconds and of a day at most; none for what is not positive.
func seconds(n float64) (time.Duration, bool) {
	if math.IsNaN(n) || n <= 0 {
		return 0, false
	}
	return time.Duration(math.Ceil(min(n, 24*60*60)*1000)) * time.Millisecond, true
}
