package console

import (
	"cmp"
	"context"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// callsShown is how many calls a page lists: each is a question to the network's service.
const callsShown = 50

// Useful says that to read the calls again makes, or made, something. A receipt that is told again changes nothing.
func (b *callsBody) Useful() bool { return b.Sum.GetNewMessages()+b.Sum.GetReadableNow() > 0 }

// callsBody is the page of the stored calls of a network.
type callsBody struct {
	Network    string
	Networks   []option
	Since      string
	Sinces     []option
	Unreadable bool
	Calls      []*controlv1.Call
	Next       string
	// Kept are the dead letters of calls that could not be read.
	Kept []*controlv1.Failure
	// Refused are those that the public side did not take; RefusedSince is since when it counts, nil where nobody answered.
	Refused      []*controlv1.Refusal
	RefusedSince *timestamppb.Timestamp
	// Sum is what a replay made, or would make with DryRun; nil where none was asked for.
	Sum    *controlv1.ReplayCallsResponse
	DryRun bool
}

func (c *Console) calls(q *request) (*page, error) {
	return c.callsOf(q, &callsBody{Network: q.r.URL.Query().Get("network"), Since: q.r.URL.Query().Get("since"), Unreadable: q.r.URL.Query().Get("unreadable") == "1"}, true)
}

// callsOf asks for the calls of the network that b names, else of the first that there is.
func (c *Console) callsOf(q *request, b *callsBody, list bool) (*page, error) {
	if _, ok := sinces[b.Since]; !ok || b.Since == "all" {
		b.Since = "1h"
	}
	b.Sinces = options([]string{"1h", "24h", "7d"}, q.W.Failures.Sinces, b.Since)
	channels, err := ask(q.ctx, c.api.channels.ListChannels, &controlv1.ListChannelsRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, ch := range channels.GetChannels() {
		names = append(names, ch.GetNetwork())
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 0 {
		b.Network = cmp.Or(b.Network, names[0])
	}
	b.Networks = options(names, nil, b.Network)
	p := &page{name: "calls", Title: q.W.Calls.Title, Tab: "calls", Body: b}
	if b.Network == "" {
		return p, nil
	}
	if !slices.Contains(names, b.Network) {
		return nil, errNoPage
	}
	p.Command = "puente calls list --network " + b.Network + " --since " + b.Since
	if b.Unreadable {
		p.Command += " --unreadable"
	}
	p.Command += "; puente calls refused --network " + b.Network
	if !list {
		return p, nil
	}
	return p, together(
		func() error {
			a, err := ask(q.ctx, c.api.webhooks.ListCalls, &controlv1.ListCallsRequest{
				Network: b.Network, Since: b.since(q.Now), Unreadable: b.Unreadable, PageSize: callsShown, PageToken: q.r.URL.Query().Get("page"),
			})
			b.Calls = a.GetCalls()
			if a.GetNextPageToken() != "" {
				b.Next = q.here("page", a.GetNextPageToken())
			}
			return err
		},
		func() error {
			a, err := ask(q.ctx, c.api.failures.ListFailures, &controlv1.ListFailuresRequest{
				Filter: &controlv1.FailureFilter{Network: b.Network, Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE}, PageSize: callsShown,
			})
			b.Kept = a.GetFailures()
			return err
		},
		func() error {
			a, err := ask(q.ctx, c.api.webhooks.ListRefusals, &controlv1.ListRefusalsRequest{Network: b.Network})
			b.Refused, b.RefusedSince = a.GetRefusals(), a.GetSince()
			b.Refused = b.Refused[:min(len(b.Refused), callsShown)]
			return err
		},
	)
}

func (b *callsBody) since(now time.Time) *timestamppb.Timestamp {
	return timestamppb.New(now.Add(-sinces[b.Since]))
}

// readAgain has today's decoder read stored calls once more, or says what it would make of them.
func (c *Console) readAgain(q *request) (*page, error) {
	form := q.r.PostForm
	b := &callsBody{Network: form.Get("network"), Since: form.Get("since"), DryRun: form.Get("really") != "1"}
	p, err := c.callsOf(q, b, false)
	if err != nil {
		return nil, err
	}
	if b.Network == "" {
		return nil, errNoPage
	}
	b.Sum, err = c.api.readAgain(q.ctx, &controlv1.ReplayCallsRequest{Network: b.Network, Since: b.since(q.Now), DryRun: b.DryRun, Reason: form.Get("why")})
	p.Command = "puente calls replay --network " + b.Network + " --since " + b.Since
	if b.DryRun {
		p.Command += " --dry-run"
	}
	return p, err
}

func (a *api) readAgain(ctx context.Context, r *controlv1.ReplayCallsRequest) (*controlv1.ReplayCallsResponse, error) {
	stream, err := a.webhooks.ReplayCalls(ctx, connect.NewRequest(r))
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	last := &controlv1.ReplayCallsResponse{}
	for stream.Receive() {
		last = stream.Msg()
	}
	return last, stream.Err()
}

// CauseOf is why something was refused, and what to do about it.
func (q *request) CauseOf(r *controlv1.Refusal) string {
	return cmp.Or(q.W.Causes[r.GetCause()], r.GetCause())
}

// ByOf is who called.
func (q *request) ByOf(r *controlv1.Refusal) string {
	if r.GetBy() == "platform" {
		return "BonyChat"
	}
	return cmp.Or(r.GetNetwork(), q.W.Unknown)
}
