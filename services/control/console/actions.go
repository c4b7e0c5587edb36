package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
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
	case "pause-changed":
		return q.W.Act.PauseChanged, "good"
	case "pause-over":
		return q.W.Act.PauseOver, "warn"
	case "changed":
		switch q.r.URL.Query().Get("asked") {
		case "good":
			return q.W.Change.SavedGood, "good"
		case "unknown":
			return q.W.Change.SavedUnknown, ""
		}
		return q.W.Change.Saved, ""
	default:
		return "", ""
	}
}

func (q *request) backTo(channel, done string) (*page, error) {
	http.Redirect(q.w, q.r, channelHref(channel)+"?done="+done, http.StatusSeeOther)
	return nil, nil
}

func (c *Console) pause(q *request) (*page, error) {
	r := &controlv1.PauseChannelRequest{Channel: q.r.PathValue("channel"), Reason: q.r.PostFormValue("why"), Change: q.r.PostFormValue("change") != ""}
	var ok bool
	if r.For, ok = q.howLong(); !ok {
		p, err := c.channel(q)
		if err == nil {
			p.Notice, p.NoticeMood, p.focus = q.format(q.W.Act.WrongTime, mostMinutes), "bad", "act"
		}
		return p, err
	}
	a, err := ask(q.ctx, c.api.channels.PauseChannel, r)
	switch {
	case r.GetChange() && connect.CodeOf(err) == connect.CodeFailedPrecondition:
		return q.backTo(r.GetChannel(), "pause-over")
	case err != nil:
		return nil, err
	case a.GetWasPaused():
		return q.backTo(r.GetChannel(), "pause-changed")
	default:
		return q.backTo(r.GetChannel(), "paused")
	}
}

// mostMinutes is the longest pause, in minutes: 30 days.
const mostMinutes = 30 * 24 * 60

// howLong is how long a pause lasts from now on, by the form; nil until it is resumed, and false for what is no time that it can last.
// Minutes that were typed count before what was chosen from the list, and of a pause that is changed the list can say that it ends when
// it did.
func (q *request) howLong() (*durationpb.Duration, bool) {
	if typed := strings.TrimSpace(q.r.PostFormValue("minutes")); typed != "" {
		n, err := strconv.Atoi(typed)
		return durationpb.New(time.Duration(n) * time.Minute), err == nil && n >= 1 && n <= mostMinutes
	}
	switch chosen := q.r.PostFormValue("for"); chosen {
	case "":
		return nil, true
	case asItIs:
		until, err := time.Parse(time.RFC3339, q.r.PostFormValue("until"))
		if q.r.PostFormValue("until") == "" {
			return nil, true
		}
		return durationpb.New(until.Sub(q.Now)), err == nil && until.Sub(q.Now) >= time.Second
	default:
		d, err := time.ParseDuration(chosen)
		return durationpb.New(d), err == nil
	}
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

// asItIs stands for the end that a pause has.
const asItIs = "as-it-is"

// Repauses are how long the pause of a channel can go on.
func (q *request) Repauses(c *controlv1.Channel) []option {
	now := option{asItIs, q.W.Act.AsItIsOpen, true}
	if c.GetUntil() != nil {
		now.Text = q.format(q.W.Act.AsItIs, q.Moment(c.GetUntil()))
	}
	all := []option{now}
	for _, o := range options(pauses, q.W.Act.For, "-") {
		if o.Value != "" {
			o.Text = q.format(q.W.Act.FromNow, o.Text)
		}
		if o.Value != "" || c.GetUntil() != nil {
			all = append(all, o)
		}
	}
	return all
}

// UntilOfPause is the end of a channel's pause for the form that changes it; "" where it has none.
func (q *request) UntilOfPause(c *controlv1.Channel) string {
	if c.GetUntil() == nil {
		return ""
	}
	return c.GetUntil().AsTime().Format(time.RFC3339)
}

// MostMinutes is the longest pause, for templates.
func (q *request) MostMinutes() int { return mostMinutes }
