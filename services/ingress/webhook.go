package ingress

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// webhook takes a network's call: verified by the network's policy, stored as it came, answered as the policy says.
func (in *Ingress) webhook(w http.ResponseWriter, r *http.Request) {
	network, id := r.PathValue("network"), r.PathValue("channel")
	c := in.channel(id)
	if c == nil || c.Network != network {
		refuse(w, http.StatusNotFound, "no such channel of this network")
		return
	}
	description, err := in.declared.Of(network)
	if err != nil {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "the network's service has not started yet")
		return
	}
	policy := description.Webhook
	if policy == nil {
		refuse(w, http.StatusNotFound, "this network makes no calls")
		return
	}
	call := webhook.Call{
		Network: network, Channel: id, Method: r.Method, Suffix: strings.TrimPrefix(r.URL.Path, "/webhooks/"+network+"/"+id),
		Query: r.URL.RawQuery, Header: r.Header.Clone(), AcceptedAt: time.Now(),
	}
	call.Header.Set("Host", r.Host)
	var status int
	if call.Body, status, err = readBody(w, r, policy.Limit()); err != nil {
		if errors.Is(err, errTooLarge) {
			answer(w, policy.Answer(webhook.TooLarge))
			return
		}
		refuse(w, status, err.Error())
		return
	}
	if cause := policy.Check(call, c.secrets); cause != webhook.Authentic {
		in.Log.Warn("webhook call refused", "network", network, "channel", id, "cause", cause, "caller", in.caller(r))
		answer(w, policy.Answer(cause))
		return
	}
	post := provider.CallPost(in.Bus, policy.Strip(call), policy.Dedupe.Find(call))
	if _, err := in.Bus.Publish(r.Context(), post); err != nil {
		in.Log.Error("webhook call not stored", "network", network, "channel", id, "err", err)
		answer(w, policy.Answer(webhook.NotStored))
		return
	}
	answer(w, policy.Answer(webhook.Authentic))
}
