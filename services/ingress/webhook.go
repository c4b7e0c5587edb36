package ingress

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/callstore"
	"github.com/bonychat/puente/services/ingress/answer"
	"github.com/bonychat/puente/services/ingress/channels"
	"github.com/bonychat/puente/services/ingress/intake"
	"github.com/bonychat/puente/services/ingress/refused"
)

// webhook takes a network's call: verified by the network's policy, stored as it came, answered as the policy says.
func (in *Ingress) webhook(w http.ResponseWriter, r *http.Request) {
	c := in.channels.Called(r.PathValue("network"), r.PathValue("channel"))
	if c == nil {
		answer.Refuse(w, http.StatusNotFound, "no channel is of this network")
		return
	}
	r = r.WithContext(in.Bus.Label(r.Context(), c.Network, c.ID, ""))
	policy, err := in.channels.Policy(c.Network)
	if err != nil {
		in.countCall(r, c, causeUndeclared)
		in.refused(r, refusedCall, c, causeUndeclared, "network", c.Network, "cause", causeUndeclared)
		w.Header().Set("Retry-After", "5")
		answer.Refuse(w, http.StatusServiceUnavailable, "the network's service has not started yet")
		return
	}
	if policy == nil {
		answer.Refuse(w, http.StatusNotFound, "this network makes no calls")
		return
	}
	held := in.calls.Hold(c.Network+" "+r.PathValue("channel"), in.callers.Origin(r).String())
	defer held.Release()
	call := in.call(c, r)
	verdict, err := judge(w, r, policy, c, &call, held)
	if c.Decoy && (verdict.Handshake || verdict.Cause == webhook.Authentic) && err == nil {
		verdict = webhook.Verdict{Cause: webhook.Forged, Answer: policy.Answer(webhook.Forged)}
	}
	switch {
	case err != nil:
		in.refuseBody(w, r, c, policy, err)
		return
	case verdict.Handshake:
		in.countCall(r, c, causeHandshake)
		// neither path nor query is logged: a credential may stand there
		in.Log.Info("webhook handshake answered", "network", c.Network, "channel", c.ID, "method", call.Method,
			"status", verdict.Answer.Status, "caller", in.callers.Name(r))
	case verdict.Cause == webhook.Authentic:
		if verdict.Cause, err = in.keep(r.Context(), c, policy, call); err != nil {
			answer.Failed(in.Log, r, "webhook call not stored", err, "network", c.Network, "channel", c.ID)
		}
		verdict.Answer = policy.Answer(verdict.Cause)
	}
	in.answerCall(w, r, c, call, verdict)
}

// What becomes of a call beside the causes of package webhook.
const (
	causeStored     = "stored"
	causeHandshake  = "handshake"
	causeUndeclared = "undeclared" // the network's service has not started yet
	causeNoChannel  = "no_channel"
)

// countCall counts a call by what became of it.
func (in *Ingress) countCall(r *http.Request, c *channels.Channel, cause string) {
	in.Bus.Meter().WebhookCall(r.Context(), c.Network, cause)
}

// answerCall answers a call as the policy says, unless its caller has sent too many wrong credentials.
func (in *Ingress) answerCall(w http.ResponseWriter, r *http.Request, c *channels.Channel, call webhook.Call, v webhook.Verdict) {
	switch cause := string(v.Cause); v.Cause {
	case webhook.Authentic:
		if !v.Handshake { // which was counted
			in.countCall(r, c, causeStored)
		}
	case webhook.NotStored:
		in.countCall(r, c, cause)
	case webhook.Unsigned, webhook.Forged:
		if in.refuseTooMany(w, r) {
			in.countCall(r, c, causeTooManyWrong)
			return
		}
		fallthrough
	default:
		if c.Decoy {
			cause = causeNoChannel
		}
		in.countCall(r, c, cause)
		in.refused(r, refusedCall, c, cause, "network", c.Network, "cause", cause)
		in.refusedBook.Look(in.kindOf(refusedCall, c, cause), refused.Call{Method: call.Method, Header: call.Header, Body: call.Body})
	}
	if v.Cause == webhook.Encoded {
		w.Header().Set("Accept-Encoding", "identity")
	}
	answer.Declared(w, v.Answer)
}

// judge judges a call by its head, and reads its body where that is left open. The body is the call's then, and the
// error why there is none.
func judge(w http.ResponseWriter, r *http.Request, policy *webhook.Policy, c *channels.Channel, call *webhook.Call, held *intake.Hold) (webhook.Verdict, error) {
	secrets := c.Secrets()
	cause := policy.CheckHead(*call, secrets)
	if cause == webhook.Authentic {
		var err error
		if call.Body, err = intake.Read(w, r, policy.Limit(), held); err == nil {
			return policy.Examine(*call, secrets), nil
		}
		if !errors.Is(err, intake.ErrTooLarge) {
			return webhook.Verdict{}, err
		}
		cause = webhook.TooLarge
	}
	return webhook.Verdict{Cause: cause, Answer: policy.Answer(cause)}, nil
}

// refuseBody answers a call whose body was not read.
func (in *Ingress) refuseBody(w http.ResponseWriter, r *http.Request, c *channels.Channel, policy *webhook.Policy, err error) {
	in.countCall(r, c, bodyCause[err])
	in.refused(r, refusedCall, c, bodyCause[err], "network", c.Network, "cause", bodyCause[err], "why", err.Error())
	if errors.Is(err, intake.ErrBusy) {
		w.Header().Set("Retry-After", "1")
		answer.Declared(w, policy.Answer(webhook.NotStored))
		return
	}
	answer.Refuse(w, bodyStatus[err], err.Error())
}

// call is a request as policies judge it, without its body.
func (in *Ingress) call(c *channels.Channel, r *http.Request) webhook.Call {
	target := r.RequestURI
	if !strings.HasPrefix(target, "/") { // of a proxy's request
		target = r.URL.RequestURI()
	}
	call := webhook.Call{
		Network: c.Network, Channel: c.ID, Method: r.Method, Suffix: r.PathValue("suffix"), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), AcceptedAt: time.Now(),
	}
	if in.PublicURL != "" {
		call.URL = in.PublicURL + target
	}
	call.Header.Set("Host", r.Host)
	return call
}

// keep stores an authentic call, unless it was stored before or its credential has admitted another.
func (in *Ingress) keep(ctx context.Context, c *channels.Channel, policy *webhook.Policy, call webhook.Call) (webhook.Cause, error) {
	key := policy.Dedupe.Find(call)
	credential := policy.Replay.Key.Find(call)
	if credential == "" {
		_, err := in.store(ctx, c, policy, call, key)
		return stored(err), err
	}
	a, err := in.admit(ctx, call, credential, key, policy.Replay.Keep)
	switch {
	case err != nil:
		return webhook.NotStored, err
	case a.Another:
		return webhook.Replayed, nil
	case a.Stored:
		return webhook.Authentic, nil
	}
	if key == "" {
		key = "\x00" + credential // names the call as well
	}
	sequence, err := in.store(ctx, c, policy, call, key)
	if err == nil {
		in.settle(ctx, a, sequence)
	}
	return stored(err), err
}

func (in *Ingress) store(ctx context.Context, c *channels.Channel, policy *webhook.Policy, call webhook.Call, key string) (uint64, error) {
	sequence, err := in.Bus.Publish(ctx, callstore.Post(in.Bus, policy.Strip(call), c.Revision, key))
	if err == nil {
		failpoint.CallStored.Reach()
	}
	return sequence, err
}

func stored(err error) webhook.Cause {
	if err != nil {
		return webhook.NotStored
	}
	return webhook.Authentic
}
