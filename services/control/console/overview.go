package console

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/control/console/words"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// channelsShown is how many channels a page of the overview lists.
const channelsShown = 100

// pausedShown is how many channels that are paused the overview names above the list.
const pausedShown = 10

// overviewBody is the first page.
type overviewBody struct {
	Status *controlv1.StatusResponse
	// Out, In and Failed are of all channels.
	Out, In, Failed uint64
	// Paused are the first channels that an operator has paused: it is no fault, and should not be forgotten.
	Paused []*controlv1.Channel
	// Channels are those of this page, of Fitting that fit the filter, of All.
	Channels       []*controlv1.Channel
	Fitting, All   int
	Filter         string
	Trouble        bool
	Page, Pages    int
	Prior, Next    string
	Everything     string
	TroubleOnly    string
	WithoutFilters string
	// Waits is where what waits is seen: the channel, or the list of them; "" where nothing does.
	Waits string
	// Resent is how many of all channels failed and were sent again.
	Resent uint64
	// Refused are the calls that the public side refused lately and that somebody of ours meant, by who called.
	Refused []refusedCalls
}

// RefusedTimes is how many calls Refused are.
func (b *overviewBody) RefusedTimes() (n uint64) {
	for _, r := range b.Refused {
		n += r.Times
	}
	return n
}

// refusedCalls are the refused calls of a network, or of the platform.
type refusedCalls struct {
	Name, Href string
	Times      uint64
	Last       *timestamppb.Timestamp
}

// Bounds of asking for refused calls beside the rest of a page, which does not wait for a process that is silent.
const (
	refusedWithin = 300 * time.Millisecond
	refusedLately = 24 * time.Hour
)

// refused are refused calls, without samples; nil where nobody says it in time.
func (c *Console) refused(q *request, channel string) []*controlv1.Refusal {
	ctx, cancel := context.WithTimeout(q.ctx, refusedWithin)
	defer cancel()
	a, err := ask(ctx, c.api.webhooks.ListRefusals, &controlv1.ListRefusalsRequest{Channel: channel, Brief: true})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(a.GetRefusals(), func(r *controlv1.Refusal) bool { return q.Now.Sub(r.GetLast().AsTime()) > refusedLately })
}

// byCaller adds refused calls up. What names no channel is a stranger's, unless the platform called: it knows its address.
func (q *request) byCaller(all []*controlv1.Refusal) (sums []refusedCalls) {
	for _, r := range all {
		if r.GetChannel() == "" && r.GetBy() != "platform" {
			continue
		}
		name := q.ByOf(r)
		at := slices.IndexFunc(sums, func(s refusedCalls) bool { return s.Name == name })
		if at < 0 {
			href := Path + "calls"
			if n := r.GetNetwork(); n != "" {
				href += "?network=" + url.QueryEscape(n)
			}
			at, sums = len(sums), append(sums, refusedCalls{Name: name, Href: href + "#refused", Last: r.GetLast()})
		}
		sums[at].Times += r.GetTimes()
		if r.GetLast().AsTime().After(sums[at].Last.AsTime()) {
			sums[at].Last = r.GetLast()
		}
	}
	return sums
}

// overview asks three times, however many channels there are.
func (c *Console) overview(q *request) (*page, error) {
	b := &overviewBody{Filter: strings.TrimSpace(q.r.URL.Query().Get("filter")), Trouble: q.r.URL.Query().Get("trouble") == "1"}
	var list *controlv1.ListChannelsResponse
	err := together(
		func() (err error) {
			b.Status, err = ask(q.ctx, c.api.system.Status, &controlv1.StatusRequest{})
			return err
		},
		func() (err error) {
			list, err = ask(q.ctx, c.api.channels.ListChannels, &controlv1.ListChannelsRequest{})
			return err
		},
		func() error {
			b.Refused = q.byCaller(c.refused(q, ""))
			return nil
		},
	)
	if err != nil {
		return nil, err
	}
	b.All = len(list.GetChannels())
	var fitting, waiting []*controlv1.Channel
	onlyWaiting := q.r.URL.Query().Get("waits") == "1"
	for _, ch := range list.GetChannels() {
		b.Out, b.In, b.Failed, b.Resent = b.Out+ch.GetOutLastHour(), b.In+ch.GetInLastHour(), b.Failed+ch.GetFailedLastDay(), b.Resent+ch.GetResentLastDay()
		waits := ch.GetWaiting()+ch.GetWaitingPlatform() > 0
		if waits {
			waiting = append(waiting, ch)
		}
		if ch.GetState() == controlv1.ChannelState_CHANNEL_STATE_PAUSED && len(b.Paused) < pausedShown {
			b.Paused = append(b.Paused, ch)
		}
		if (!b.Trouble || !well(ch)) && (!onlyWaiting || waits) && (b.Filter == "" || strings.Contains(strings.ToLower(ch.GetId()+" "+ch.GetNetwork()), strings.ToLower(b.Filter))) {
			fitting = append(fitting, ch)
		}
	}
	b.Fitting = len(fitting)
	b.Pages = max(1, (len(fitting)+channelsShown-1)/channelsShown)
	b.Page, _ = strconv.Atoi(q.r.URL.Query().Get("page"))
	b.Page = min(max(b.Page, 1), b.Pages)
	from := (b.Page - 1) * channelsShown
	b.Channels = fitting[from:min(from+channelsShown, len(fitting))]
	if b.Page > 1 {
		b.Prior = q.here("page", strconv.Itoa(b.Page-1))
	}
	if b.Page < b.Pages {
		b.Next = q.here("page", strconv.Itoa(b.Page+1))
	}
	switch len(waiting) {
	case 0:
	case 1:
		b.Waits = channelHref(waiting[0].GetId()) + "#waits"
	default:
		b.Waits = Path + "?waits=1#channels"
	}
	b.Everything, b.TroubleOnly, b.WithoutFilters = Path, Path+"?trouble=1", Path
	p := &page{name: "overview", Title: q.W.Overview.Title, Tab: "overview", Command: "puente status", Live: Path + "live", Body: b}
	if id := q.r.URL.Query().Get("removed"); plain.MatchString(id) {
		p.Notice, p.NoticeMood = q.format(q.W.Change.Removed, id), "good"
	}
	return p, nil
}

// well says that a channel has no trouble on either side.
func well(c *controlv1.Channel) bool {
	const ok = controlv1.ChannelState_CHANNEL_STATE_OK
	return c.GetState() == ok && (c.GetPlatformState() == ok || c.GetPlatformState() == controlv1.ChannelState_CHANNEL_STATE_UNSPECIFIED && c.GetWaitingPlatform() == 0)
}

// together does all of these at once, and is the first error of them in this order.
func together(all ...func() error) error {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, do := range all {
		wg.Go(func() { errs[i] = do() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// lamp is how something stands, as a mood and a word.
type lamp struct{ Mood, Word string }

// StateOf is a channel's state as a lamp.
func (q *request) StateOf(s controlv1.ChannelState) lamp {
	word := cmp.Or(q.W.ChannelStates[terms.EnumWord(s)], q.W.Unknown)
	switch s {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED:
		return lamp{"bad", word}
	case controlv1.ChannelState_CHANNEL_STATE_PAUSED, controlv1.ChannelState_CHANNEL_STATE_WAITING:
		return lamp{"warn", word}
	case controlv1.ChannelState_CHANNEL_STATE_OK:
		return lamp{"good", word}
	default:
		return lamp{"", word}
	}
}

// StandsOf is how a channel stands. One over which nothing has gone is not said to be good: nobody has tried it.
func (q *request) StandsOf(c *controlv1.Channel) lamp {
	if c.GetState() == controlv1.ChannelState_CHANNEL_STATE_OK && c.GetLastSent() == nil && c.GetLastIn() == nil {
		return lamp{"", q.W.Channel.Quiet}
	}
	return q.StateOf(c.GetState())
}

// UntilOf says until when a channel is paused, or when it is tried again; "" where that is not known.
func (q *request) UntilOf(c *controlv1.Channel) string {
	switch {
	case c.GetUntil() == nil:
		return ""
	case c.GetState() == controlv1.ChannelState_CHANNEL_STATE_PAUSED:
		return q.format(q.W.Channel.Until, q.Moment(c.GetUntil()))
	default:
		return q.format(q.W.Channel.TriedAgain, q.W.Terms.AtMoment(c.GetUntil().AsTime(), q.Now, terms.Seconds))
	}
}

// Fullest is what the fullest stream is for.
func (q *request) Fullest(s *controlv1.StatusResponse) string {
	if s.GetFullest() == "" {
		return ""
	}
	return cmp.Or(q.PurposeOf(&controlv1.Stream{Name: s.GetFullest()}), s.GetFullest())
}

// VersionOf is a version of a process, in words where it is none that was released.
func (q *request) VersionOf(version string) string {
	switch version {
	case "":
		return q.W.Unknown
	case "devel":
		return q.W.System.Devel
	default:
		return version
	}
}

// WhyOf is why a channel is not well: what its network says, or who paused it, else what its platform's side has.
func (q *request) WhyOf(c *controlv1.Channel) string {
	if c.GetPausedBy() != "" || c.GetPausedReason() != "" {
		return q.format(q.W.Channel.PausedBy, cmp.Or(c.GetPausedBy(), "?"), cmp.Or(c.GetPausedReason(), "-"))
	}
	if why := q.Reason(c.GetWhy()); why != "" {
		return why
	}
	if s := c.GetPlatformState(); s != controlv1.ChannelState_CHANNEL_STATE_OK && c.GetPlatformWhy() != nil {
		return q.format(q.W.Overview.Platform, q.Reason(c.GetPlatformWhy()))
	}
	return ""
}

// Count is a text about a number of things, with separators between thousands.
func (q *request) Count(n any, text words.Plural) string {
	u := reflect.ValueOf(n).Convert(reflect.TypeFor[uint64]()).Uint() // of a template, of whichever size
	return text.Of(u, q.Number(u))
}

// Number is a number with a thin space between thousands.
func (q *request) Number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// Percent is a share of one.
func (q *request) Percent(share float64) string {
	if share > 0 && share < 0.01 {
		return "< 1 %"
	}
	return strconv.Itoa(int(share*100)) + " %"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
