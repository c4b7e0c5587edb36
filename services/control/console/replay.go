package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Bounds of one replay.
const (
	// mostChosen is how many reasons are brought back at once.
	mostChosen = 20
	// outcomesShown is how many outcomes a page lists: as many as can be sent again one by one.
	outcomesShown = mostKeys
	// replayWaits is how long a page waits for what becomes of each, of all reasons together.
	replayWaits = 10 * time.Second
)

// replayBody is what would become of what was chosen, or what became of it.
type replayBody struct {
	// DryRun says that nothing was changed.
	DryRun bool
	// Chosen are the values of the form that sends again: the keys of what is seen, or what it was chosen by where that is more than
	// can be named. Then Until says so, with when it was seen.
	Chosen   []field
	Until    string
	Sum      *controlv1.ReplaySum
	Sums     []summed
	Outcomes []*controlv1.ReplayOutcome
	// Now are the messages as they stand when the page is looked at, by their ids; nil where that was not asked.
	Now map[string]*controlv1.Message
	// Held are the channels among them that send nothing, each once.
	Held      []*controlv1.ReplayOutcome
	More      int
	Twice     bool
	Reason    string
	Command   string // what does the same on the command line
	Back      string
	CanReplay bool
	// WithTwice and Once lead to this preview with and without what may arrive twice.
	WithTwice, Once string
}

// field is a hidden one of a form.
type field struct{ Name, Value string }

// summed is how many became what.
type summed struct {
	Count      uint64
	Text, Mood string
}

// preview says what a replay would do. It is a page like others: loaded again, it looks again.
func (c *Console) preview(q *request) (*page, error) {
	return c.bringBack(q, q.r.URL.Query(), true)
}

// replay does what a preview said. What failed since is not among it, however often the form is sent.
func (c *Console) replay(q *request) (*page, error) {
	return c.bringBack(q, q.r.PostForm, false)
}

func (c *Console) bringBack(q *request, form url.Values, dryRun bool) (*page, error) {
	b := &replayBody{DryRun: dryRun, Sum: &controlv1.ReplaySum{}, Twice: form.Get("twice") == "1", Reason: form.Get("why"), Back: failuresPath}
	all, err := chosenOf(q, form)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 { // back to where one can choose
		path, chosen := failuresPath, form
		if of, err := url.ParseQuery(form.Get("back")); err == nil && form.Has("back") { // the list in which nothing was ticked
			path, chosen = failuresPath+"/list", of
		}
		back := readChoice(chosen, "24h").values()
		back.Set("chosen", "none")
		http.Redirect(q.w, q.r, path+"?"+back.Encode(), http.StatusSeeOther)
		return nil, nil
	}
	b.WithTwice, b.Once = q.here("twice", "1"), q.here("twice", "")
	end := time.Now().Add(replayWaits)
	for _, ch := range all {
		r := &controlv1.ReplayFailuresRequest{Filter: ch.filter(q.Now), DryRun: dryRun, AcceptDuplicates: b.Twice, Reason: b.Reason}
		if !dryRun {
			if seen, err := time.Parse(time.RFC3339Nano, form.Get("seen")); err == nil && len(ch.Keys) == 0 {
				r.Filter.Until = timestamppb.New(seen)
			}
			r.WaitSeconds = uint32(max(time.Until(end), 0) / time.Second)
		}
		if err := b.take(q.ctx, c.api, r); err != nil {
			return nil, err
		}
	}
	b.CanReplay = dryRun && b.Sum.GetWouldGo() > 0
	b.choose(q, form)
	b.Command = b.commands(all)
	p := b.page(q)
	if !dryRun {
		p.recall = b.recall()
		p.again = func(q *request) (*page, error) {
			shown := *b
			_ = shown.stand(q) // where that is not told in time the page says what it knows
			return shown.page(q), nil
		}
	}
	return p, nil
}

// choose fills the form that sends again what is seen: exactly that, however often it is sent. What is too much to be named is chosen
// as it was, up to this moment.
func (b *replayBody) choose(q *request, form url.Values) {
	keys, named := b.keys()
	if named {
		if channel := form.Get("channel"); channel != "" { // less has to be looked through
			b.Chosen = append(b.Chosen, field{"channel", channel})
		}
		for _, key := range keys {
			b.Chosen = append(b.Chosen, field{"keys", key})
		}
		return
	}
	for _, name := range []string{"since", "channel", "fault", "kind", "reason", "key", "keys", "contact", "number", "group"} {
		for _, v := range form[name] {
			b.Chosen = append(b.Chosen, field{name, v})
		}
	}
	b.Chosen = append(b.Chosen, field{"seen", q.Now.UTC().Format(time.RFC3339Nano)})
	b.Until = q.format(q.W.Lists.MoreThanShown, outcomesShown, q.Moment(timestamppb.New(q.Now)))
}

// keys name what would be sent; named is false where that is not all of it.
func (b *replayBody) keys() (all []string, named bool) {
	for _, o := range b.Outcomes {
		if o.GetResult() == controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO {
			all = append(all, o.GetFailure().GetKey())
		}
	}
	return all, b.More == 0 && !slices.Contains(all, "")
}

// Goes is how many would be sent.
func (b *replayBody) Goes() uint64 { return b.Sum.GetWouldGo() }

// page is the page of what was seen or done then.
func (b *replayBody) page(q *request) *page {
	shown := *b
	shown.sums(q)
	title := q.W.Replay.Done
	if b.DryRun {
		title = q.W.Replay.Preview
	}
	return &page{name: "replay", Title: title, Tab: "failures", Command: b.Command, Body: &shown}
}

// mostIDs is how many a command names one by one: one with more is nobody's to read.
const mostIDs = 50

// commands are what does the same on the command line: one for each reason; "" where that would name too many.
func (b *replayBody) commands(all []choice) string {
	var lines []string
	for _, ch := range all {
		if len(ch.Keys) > mostIDs {
			return ""
		}
		line := "puente replay" + ch.flags()
		if ch.Number > 0 {
			line += " --number " + strconv.FormatUint(ch.Number, 10)
		}
		switch {
		case b.DryRun:
			line += " --dry-run"
		case b.Twice:
			line += " --accept-duplicates --wait"
		default:
			line += " --wait"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// chosenOf are what a form chooses: its groups, or what its fields say; none where nothing is chosen.
func chosenOf(q *request, form url.Values) (all []choice, err error) {
	ch := readChoice(form, "all")
	for _, group := range form["group"] {
		v, err := url.ParseQuery(group)
		if err != nil {
			continue
		}
		of := ch
		one := readChoice(v, "all")
		of.Reason, of.Kind = one.Reason, one.Kind
		all = append(all, of)
	}
	if len(all) == 0 && (ch.Reason != "" || ch.Key != "" || ch.Number > 0 || len(ch.Keys) > 0) {
		all = append(all, ch)
	}
	if len(all) > mostChosen {
		return nil, connect.NewError(connect.CodeInvalidArgument, errors.New(q.format(q.W.Replay.TooMany, mostChosen)))
	}
	return all, nil
}

// take asks for one replay and takes note of what becomes of each.
func (b *replayBody) take(ctx context.Context, a *api, r *controlv1.ReplayFailuresRequest) error {
	stream, err := a.failures.ReplayFailures(ctx, connect.NewRequest(r))
	if err != nil {
		return err
	}
	defer stream.Close()
	for stream.Receive() {
		if o := stream.Msg().GetOutcome(); o != nil {
			b.hold(o)
			if len(b.Outcomes) < outcomesShown {
				b.Outcomes = append(b.Outcomes, o)
			} else {
				b.More++
			}
		}
		if s := stream.Msg().GetSum(); s != nil {
			b.Sum.WouldGo += s.GetWouldGo()
			b.Sum.OnTheirWay += s.GetOnTheirWay()
			b.Sum.NotNeeded += s.GetNotNeeded()
			b.Sum.Stay += s.GetStay()
			b.Sum.Sent += s.GetSent()
			b.Sum.FailedAgain += s.GetFailedAgain()
			b.Sum.Wait += s.GetWait()
			b.Sum.LeftOut += s.GetLeftOut()
			b.Sum.Contacts += s.GetContacts()
			b.Sum.MayArriveTwice += s.GetMayArriveTwice()
		}
	}
	return stream.Err()
}
