package ingress

import (
	"errors"
	"net/http"
	"net/netip"
	"sync"

	"golang.org/x/time/rate"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/recent"
	"github.com/bonychat/puente/services/ingress/answer"
	"github.com/bonychat/puente/services/ingress/channels"
	"github.com/bonychat/puente/services/ingress/intake"
	"github.com/bonychat/puente/services/ingress/refused"
)

// Bounds of wrong credentials, and of the lines that refusals leave in the log.
const (
	wrongPace = 1.0 // a second that are answered with what is wrong, after the first
	logEvery  = 100 // the first refusal of a kind is logged, and one of this number
)

// refusals counts what callers are refused. A right credential is never counted, and passes whatever the count: all
// channels of a platform or a network have the same callers, and one wrong token must not cost the others a message.
// The zero value is ready to use.
type refusals struct {
	mu    sync.Mutex
	wrong recent.Map[netip.Prefix, rate.Limiter]
	kinds recent.Map[refusal, uint64]
}

// refusal is a kind of refusals. All of it is of closed sets, but for the caller.
type refusal struct {
	caller  netip.Prefix
	channel string // "" for none that exists
	why     string
}

// over counts a wrong credential, and says whether the caller has sent more of them than it may: so many at once, then
// wrongPace.
func (s *refusals) over(caller netip.Prefix, atOnce int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.wrong.Of(caller, func() *rate.Limiter { return rate.NewLimiter(wrongPace, atOnce) }).Allow()
}

// count is how many refusals of this kind there have been lately, this one included.
func (s *refusals) count(kind refusal) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.kinds.Of(kind, func() *uint64 { return new(uint64) })
	*n++
	return *n
}

// What is refused, for the log.
const (
	refusedCall    = "webhook call refused"
	refusedMessage = "message refused"
	refusedCaller  = "caller refused"
)

// kindOf is what a refusal is counted as for operators. A channel that does not exist is none.
func (in *Ingress) kindOf(what string, c *channels.Channel, why string) refused.Kind {
	k := refused.Kind{By: refused.Platform, Network: networkOf(c), Cause: why}
	if what == refusedCall {
		k.By = refused.Network
	}
	if c != nil && !c.Decoy {
		k.Channel = c.ID
	}
	return k
}

// refused counts a refusal, and logs the first of a kind, and then a few: who was refused and why, and nothing that the caller wrote.
func (in *Ingress) refused(r *http.Request, what string, c *channels.Channel, why string, args ...any) {
	kind := refusal{caller: in.callers.Origin(r), why: why}
	if c != nil && !c.Decoy {
		kind.channel = c.ID
		args = append(args, "channel", c.ID)
	}
	in.refusedBook.Count(in.kindOf(what, c, why))
	if n := in.refusals.count(kind); n%logEvery == 1 {
		in.Log.WarnContext(r.Context(), what, append(args, "caller", in.callers.Name(r), "times", n)...)
	}
}

// Why messages are refused: for logs and metrics.
const (
	causeUnauthorized = "unauthorized"   // no channel has the token
	causeOtherChannel = "other_channel"  // the token is that of another channel than the call names
	causeTooManyWrong = "too_many_wrong" // too many wrong credentials of one caller
	causeEncoded      = "encoded"
	causeInvalid      = "invalid" // not as the contract says
	causeTooLarge     = "too_large"
	causeBacklog      = "backlog" // too much of the channel waits
	causeFull         = "full"    // the store
	causeNotStored    = "not_stored"
	causeInternal     = "internal"
)

// refuseMessage refuses a message; c is nil where no channel has the token. why holds nothing of the message.
func (in *Ingress) refuseMessage(w http.ResponseWriter, r *http.Request, c *channels.Channel, cause string, status int, why string) {
	in.Bus.Meter().Refused(r.Context(), networkOf(c), cause)
	in.refused(r, refusedMessage, c, cause, "status", status, "why", why, "cause", cause)
	answer.Refuse(w, status, why)
}

// refuseInvalid refuses a message that breaks the contract, of a caller with a right token, and remembers what is wrong with it.
func (in *Ingress) refuseInvalid(w http.ResponseWriter, r *http.Request, c *channels.Channel, err error) {
	in.refuseMessage(w, r, c, causeInvalid, http.StatusBadRequest, err.Error())
	if problems, ok := errors.AsType[customchannel.Problems](err); ok {
		in.refusedBook.Explain(in.kindOf(refusedMessage, c, causeInvalid), problems)
	}
}

// networkOf is a channel's network, "" where there is no channel.
func networkOf(c *channels.Channel) string {
	if c == nil {
		return ""
	}
	return c.Network
}

// tooMany answers a caller that sends too many wrong credentials.
const tooMany = "too many calls with a wrong credential; try again later"

// refuseTooMany answers 429 where the caller has sent too many wrong credentials, this one included.
func (in *Ingress) refuseTooMany(w http.ResponseWriter, r *http.Request) (done bool) {
	if !in.refusals.over(in.callers.Origin(r), in.WrongAtOnce) {
		return false
	}
	in.refused(r, refusedCaller, nil, causeTooManyWrong, "cause", causeTooManyWrong, "why", tooMany)
	w.Header().Set("Retry-After", "10")
	answer.Refuse(w, http.StatusTooManyRequests, tooMany)
	return true
}

// bodyStatus and bodyCause are how a body is refused, by why it was not read.
var bodyStatus = map[error]int{
	intake.ErrTooLarge: http.StatusRequestEntityTooLarge,
	intake.ErrTooSlow:  http.StatusRequestTimeout,
	intake.ErrBroken:   http.StatusBadRequest,
	intake.ErrBusy:     http.StatusServiceUnavailable,
}

var bodyCause = map[error]string{
	intake.ErrTooLarge: causeTooLarge,
	intake.ErrTooSlow:  "too_slow",
	intake.ErrBroken:   "broken",
	intake.ErrBusy:     "busy",
}
