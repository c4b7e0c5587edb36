package console

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/console/words"
)

// latestShown is how many messages of each way a channel's page lists.
const latestShown = 15

// channelBody is the page of one channel.
type channelBody struct {
	*controlv1.GetChannelResponse
	Legs     []leg
	Settings []setting
	// Budget is the share of the pace that may go now, 0 to 100; -1 for no bound.
	Budget int
	Pace   string
	Latest []*controlv1.Message
	// Findings are what the network said when it was asked.
	Findings []*controlv1.Finding
	webhookOf
}

// webhookOf is whether a network calls, and whether the bridge registers where.
type webhookOf struct{ Called, Registers bool }

// webhookIn finds a network in a list. Of one that is not there any button is tried: the answer says what is the matter.
func webhookIn(list *controlv1.ListNetworksResponse, network string) webhookOf {
	for _, n := range list.GetNetworks() {
		if n.GetName() == network {
			return webhookOf{n.GetCalled(), n.GetRegisters()}
		}
	}
	return webhookOf{true, true}
}

// leg is one of the four ways on which something is handed over.
type leg struct {
	Name string
	Lamp lamp
	// Last is when something went over it last; "" for never. Why is what is wrong, Waits how many wait for it.
	Last, Why string
	Waits     uint64
	// Waiting says how many wait: messages, or for the platform confirmations too.
	Waiting words.Plural
	// Refused says which calls were refused on it lately; "" for none.
	Refused string
}

// shownSecret is what the API shows of a credential.
const shownSecret = "[secret]"

// setting is one of a channel.
type setting struct{ Name, Value string }

func (c *Console) channel(q *request) (*page, error) {
	id := q.r.PathValue("channel")
	b := &channelBody{Budget: -1}
	var out, in *controlv1.ListMessagesResponse
	var networks *controlv1.ListNetworksResponse
	var refused []*controlv1.Refusal
	latest := func(to **controlv1.ListMessagesResponse, d controlv1.Direction) func() error {
		return func() (err error) {
			*to, err = ask(q.ctx, c.api.messages.ListMessages, &controlv1.ListMessagesRequest{Channel: id, Direction: d, PageSize: latestShown})
			return err
		}
	}
	err := together(
		func() (err error) {
			b.GetChannelResponse, err = ask(q.ctx, c.api.channels.GetChannel, &controlv1.GetChannelRequest{Channel: id})
			return err
		},
		latest(&out, controlv1.Direction_DIRECTION_OUT), latest(&in, controlv1.Direction_DIRECTION_IN),
		func() (err error) {
			networks, err = ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
			return err
		},
		func() error {
			refused = c.refused(q, id)
			return nil
		},
	)
	if err != nil {
		return nil, err
	}
	b.webhookOf = webhookIn(networks, b.GetChannel().GetNetwork())
	b.Legs = q.legs(b.GetChannel(), out.GetMessages(), refused)
	if n := len(b.GetHistory()); n > 0 && b.GetChannel().GetSince() == nil && b.GetHistory()[0].GetWhat() == "resumed" {
		b.GetChannel().Since = b.GetHistory()[0].GetTime() // it is well since then
	}
	for _, name := range sortedKeys(b.GetSettings()) {
		value := b.GetSettings()[name]
		if text := q.W.Channel.SettingValues[name+" "+value]; text != "" {
			value += " (" + text + ")"
		} else if value == shownSecret {
			value = q.W.Channel.Hidden
		}
		b.Settings = append(b.Settings, setting{name, value})
	}
	if most := b.GetPerSecond(); most > 0 {
		b.Budget = int(100 * min(max(b.GetTokens()/most, 0), 1))
		b.Pace = q.format(q.W.Channel.BudgetOf, q.short(b.GetTokens()), q.short(most))
	}
	b.Latest = newestOf(out.GetMessages(), in.GetMessages())
	p := &page{name: "channel", Title: q.format(q.W.Channel.Title, id), Command: "puente channels " + id, Live: Path + "live?channel=" + url.QueryEscape(id), Body: b}
	p.Notice, p.NoticeMood = q.done()
	return p, nil
}

// legs say how each way stands, and when something went over it last.
func (q *request) legs(ch *controlv1.Channel, out []*controlv1.Message, refused []*controlv1.Refusal) []leg {
	w := q.W.Channel
	from := leg{Name: w.FromPlatform, Lamp: lamp{"", w.Quiet}, Last: w.Never}
	if len(out) > 0 {
		from.Lamp, from.Last = lamp{"good", w.Good}, q.format(w.LastAccepted, q.when(out[0].GetAcceptedAt()))
	}
	to := q.sending(w.ToNetwork, w.WaitHere, ch.GetState(), q.WhyOf(ch), ch.GetWaiting(), ch.GetLastSent())
	back := leg{Name: w.FromNetwork, Lamp: lamp{"", w.Quiet}, Last: w.Never}
	if ch.GetLastIn() != nil {
		back.Lamp, back.Last = lamp{"good", w.Good}, q.format(w.LastAccepted, q.when(ch.GetLastIn()))
	}
	told := q.sending(w.ToPlatform, w.WaitToTell, ch.GetPlatformState(), q.Reason(ch.GetPlatformWhy()), ch.GetWaitingPlatform(), ch.GetLastTold())
	var accepted *timestamppb.Timestamp
	if len(out) > 0 {
		accepted = out[0].GetAcceptedAt()
	}
	q.refusedOn(&from, "platform", accepted, refused)
	q.refusedOn(&back, "network", ch.GetLastIn(), refused)
	return []leg{from, to, back, told}
}

// refusedOn says on a leg which calls were refused lately. Where nothing was taken since, that is how it stands.
func (q *request) refusedOn(l *leg, by string, accepted *timestamppb.Timestamp, refused []*controlv1.Refusal) {
	w := q.W.Channel
	var times uint64
	var last *controlv1.Refusal
	for _, r := range refused {
		if r.GetBy() == by {
			times += r.GetTimes()
			if last == nil || r.GetLast().AsTime().After(last.GetLast().AsTime()) {
				last = r
			}
		}
	}
	if last == nil {
		return
	}
	l.Refused = q.Count(times, w.RefusedHere) + ", " + q.format(w.RefusedLast, q.Ago(last.GetLast()), q.CauseOf(last))
	if accepted == nil || last.GetLast().AsTime().After(accepted.AsTime()) {
		l.Lamp = lamp{"warn", w.Refuses}
	}
}

// sending is a way on which Puente sends.
func (q *request) sending(name string, waiting words.Plural, s controlv1.ChannelState, why string, waits uint64, last *timestamppb.Timestamp) leg {
	w := q.W.Channel
	l := leg{Name: name, Lamp: q.StateOf(s), Last: w.Never, Why: why, Waits: waits, Waiting: waiting}
	if s == controlv1.ChannelState_CHANNEL_STATE_OK {
		l.Lamp = lamp{"", w.Quiet}
	}
	if last != nil {
		if s == controlv1.ChannelState_CHANNEL_STATE_OK {
			l.Lamp = lamp{"good", w.Good}
		}
		l.Last = q.format(w.LastSent, q.when(last))
	}
	if s == controlv1.ChannelState_CHANNEL_STATE_OK && waits > 0 {
		l.Lamp = lamp{"", w.Going}
	}
	return l
}

// Refusing says on which ways calls are refused, where the channel is well otherwise: "" for none.
func (q *request) Refusing(legs []leg) string {
	var names []string
	for _, l := range legs {
		if l.Lamp.Word == q.W.Channel.Refuses {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return q.format(q.W.Channel.RefusesOn, strings.Join(names, ", "))
}

func sent(s controlv1.State) bool {
	return s == controlv1.State_STATE_SENT || s == controlv1.State_STATE_DELIVERED || s == controlv1.State_STATE_READ
}

// newestOf are the newest of two lists that begin with the newest.
func newestOf(a, b []*controlv1.Message) (all []*controlv1.Message) {
	for len(all) < latestShown && len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && !a[0].GetAcceptedAt().AsTime().Before(b[0].GetAcceptedAt().AsTime()) {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return all
}

// when is a time and how long ago it is: "hace 4 s".
func (q *request) when(t *timestamppb.Timestamp) string { return q.format(q.W.Frame.Ago, q.Ago(t)) }

func (q *request) format(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// short is a number with one digit behind the point at most.
func (q *request) short(n float64) string {
	return q.Lang.Decimal(strconv.FormatFloat(float64(int(n*10))/10, 'f', -1, 64))
}

// isNotFound says that the API knows nothing of the name.
func isNotFound(err error) bool { return connect.CodeOf(err) == connect.CodeNotFound }
