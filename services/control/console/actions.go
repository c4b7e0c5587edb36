package console

import (
	"net/http"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// pauses are how long a channel can be paused for, in the order of a list; "" until it is resumed.
var pauses = []string{"5m", "10m", "15m", "30m", "1h", "4h", "24h", ""}

// done are what the page of a channel can say has been done: it travels in the address.
func (q *request) done() (notice, mood string) {
	switch q.r.URL.Query().Get("done") {
	case "paused":
		return q.W.Act.Paused, "good"
	case "resumed":
		return q.W.Act.Resumed, "good"
	case "not-paused":
		return q.W.Act.NotPaused, "warn"
	default:
		return "", ""
	}
}

func (q *request) backTo(channel, done string) (*page, error) {
	http.Redirect(q.w, q.r, channelHref(channel)+"?done="+done, http.StatusSeeOther)
	return nil, nil
}

func (c *Console) pause(q *request) (*page, error) {
	r := &controlv1.PauseChannelRequest{Channel: q.r.PathValue("channel"), Reason: q.r.PostFormValue("why")}
	if d, err := time.ParseDuration(q.r.PostFormValue("for")); err == nil {
		r.For = durationpb.New(d)
	}
	if _, err := ask(q.ctx, c.api.channels.PauseChannel, r); err != nil {
		return nil, err
	}
	return q.backTo(r.GetChannel(), "paused")
}

func (c *Console) resume(q *request) (*page, error) {
	a, err := ask(q.ctx, c.api.channels.ResumeChannel, &controlv1.ResumeChannelRequest{Channel: q.r.PathValue("channel")})
	if err != nil {
		return nil, err
	}
	if !a.GetWasPaused() {
		return q.backTo(q.r.PathValue("channel"), "not-paused")
	}
	return q.backTo(q.r.PathValue("channel"), "resumed")
}

// check asks the network about a channel, register has its webhook registered too. What the network said stands on the page.
func (c *Console) check(q *request) (*page, error) {
	a, err := ask(q.ctx, c.api.channels.CheckChannel, &controlv1.CheckChannelRequest{Channel: q.r.PathValue("channel")})
	if err != nil {
		return nil, err
	}
	return c.found(q, a.GetFindings())
}

func (c *Console) register(q *request) (*page, error) {
	a, err := ask(q.ctx, c.api.channels.RegisterChannel, &controlv1.RegisterChannelRequest{Channel: q.r.PathValue("channel")})
	if err != nil {
		return nil, err
	}
	return c.found(q, a.GetFindings())
}

// found is the page of a channel with what its network said.
func (c *Console) found(q *request, findings []*controlv1.Finding) (*page, error) {
	p, err := c.channel(q)
	if err != nil {
		return nil, err
	}
	p.Notice, p.NoticeMood = q.verdict(findings)
	p.Body.(*channelBody).Findings = findings
	p.again = func(q *request) (*page, error) { return c.found(q, findings) }
	return p, nil
}

// verdict sums findings up: what is wrong counts before what is not known, and that before what is good.
func (q *request) verdict(findings []*controlv1.Finding) (notice, mood string) {
	var good, wrong, unknown, unanswered int
	for _, f := range findings {
		switch {
		case f.GetUnknown() && !f.GetGood():
			unanswered++
		case f.GetUnknown():
			unknown++
		case f.GetGood():
			good++
		default:
			wrong++
		}
	}
	switch w := q.W.Act; {
	case wrong > 0:
		return w.NotGood, "bad"
	case unanswered > 0:
		return w.NoAnswer, "warn"
	case unknown > 0 && good == 0:
		return w.NothingToAsk, ""
	case unknown > 0:
		return w.NotAll, ""
	default:
		return w.AllGood, "good"
	}
}

// FindingOf says whether what was looked at is as it has to be.
func (q *request) FindingOf(f *controlv1.Finding) lamp {
	switch w := q.W.Act; {
	case f.GetUnknown() && f.GetWhat() == "todo":
		return lamp{"", w.ByHand}
	case f.GetUnknown():
		return lamp{"", w.Unknown}
	case f.GetGood():
		return lamp{"good", w.Good}
	default:
		return lamp{"bad", w.Bad}
	}
}

// foundOn are findings with the page that they stand on.
type foundOn struct {
	Page     *page
	Findings []*controlv1.Finding
}

// Found are findings for their template.
func (p *page) Found(findings []*controlv1.Finding) foundOn { return foundOn{p, findings} }

// Pauses are how long a channel can be paused for.
func (q *request) Pauses() []option { return options(pauses, q.W.Act.For, "30m") }
