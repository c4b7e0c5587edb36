package system

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// When something needs a person.
const (
	// nearlyFull is how full a stream may be: at 0.8 new messages are refused.
	nearlyFull = 0.7
	// longWait is how long the oldest message of a channel may wait without a reason that passes by itself.
	longWait = 15 * time.Minute
	// farBehind is how many entries the history may be behind the journal.
	farBehind = 100_000
)

// needs are reasons that only the status gives.
var needs reason.Table

var (
	streamFilling = needs.New("puente.stream_filling", reason.Puente,
		"{stream} is {percent} % full: at 80 % new messages are refused",
		"{stream} está al {percent} %: al 80 % se rechazan los mensajes nuevos")
	severalVersions = needs.New("puente.several_versions", reason.Puente,
		"processes of several versions run: {versions}",
		"hay procesos de varias versiones: {versions}")
	historyBehind = needs.New("puente.history_behind", reason.Puente,
		"the history is {entries} entries behind: what is not in it cannot be found",
		"al historial le faltan {entries} entradas: lo que no está en él no se puede encontrar")
	waitsLong = needs.New("puente.waits_long", reason.Network,
		"the oldest message has waited since {since}",
		"el mensaje más antiguo espera desde {since}")
	nobodySends = needs.New("puente.nobody_sends", reason.Puente,
		"messages wait, and no process says that it sends them",
		"hay mensajes en espera y ningún proceso dice que los envía")
)

// need is one of the status, with how urgent it is.
type need struct {
	*controlv1.Need
	rank int
}

// ofChannel is what a channel needs a person for; nil for nothing.
func ofChannel(c *controlv1.Channel, now time.Time) *need {
	n := &controlv1.Need{Channel: c.GetId(), Why: c.GetWhy(), Since: c.GetSince(), Waiting: c.GetWaiting(), FirstEnds: c.GetFirstEnds(), Remedy: c.GetRemedy(), RemedyEs: c.GetRemedyEs()}
	old := c.GetOldest() != nil && now.Sub(c.GetOldest().AsTime()) > longWait
	switch c.GetState() {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED:
		return &need{n, 0}
	case controlv1.ChannelState_CHANNEL_STATE_PAUSED: // an operator knows
		return nil
	case controlv1.ChannelState_CHANNEL_STATE_UNSPECIFIED:
		n.Why = nobodySends.Proto()
		n.Remedy, n.RemedyEs = "see whether the service of "+c.GetNetwork()+" runs", "mire si el servicio de "+c.GetNetwork()+" está en marcha"
		return &need{n, 1}
	}
	if c.GetPlatformState() == controlv1.ChannelState_CHANNEL_STATE_SUSPENDED {
		n.Why, n.Waiting, n.FirstEnds, n.Since = c.GetPlatformWhy(), c.GetWaitingPlatform(), nil, nil
		n.Remedy, n.RemedyEs = "compare platform.api_token and platform.webhook_url with what the platform shows", "compare platform.api_token y platform.webhook_url con lo que muestra la plataforma"
		return &need{n, 0}
	}
	if !old {
		return nil
	}
	if n.Why == nil {
		n.Why = waitsLong.With("since", c.GetOldest().AsTime().UTC().Format(time.RFC3339)).Proto()
	}
	n.Since = c.GetOldest()
	return &need{n, 2}
}

// ofStreams are those of streams that are nearly full.
func ofStreams(all []*controlv1.Stream) (list []*need, fill float64, fullest string) {
	for _, s := range all {
		if s.GetLimit() == 0 {
			continue
		}
		share := float64(s.GetBytes()) / float64(s.GetLimit())
		if share > fill {
			fill, fullest = share, s.GetName()
		}
		// what keeps history drops its oldest when it is full: that is as it should be
		if share > nearlyFull && refuses(s.GetName()) {
			list = append(list, &need{&controlv1.Need{
				Why:      streamFilling.With("stream", s.GetName()).With("percent", int(share*100)).Proto(),
				Remedy:   "find what waits (puente status), or raise nats.store",
				RemedyEs: "busque qué espera (puente status) o aumente nats.store",
			}, 0})
		}
	}
	return list, min(fill, 1), fullest
}

// ofFailures is the one of messages that failed because of how something is set up.
func ofFailures(g *controlv1.FailureGroup) *need {
	n := &controlv1.Need{
		Why: g.GetWhy(), Since: g.GetFirst(),
		Remedy:   fmt.Sprintf("%d failed: mend it, then puente replay --reason %s", g.GetCount(), g.GetWhy().GetCode()),
		RemedyEs: fmt.Sprintf("han fallado %d: corríjalo y luego puente replay --reason %s", g.GetCount(), g.GetWhy().GetCode()),
	}
	if len(g.GetChannels()) == 1 {
		n.Channel = g.GetChannels()[0]
	}
	return &need{n, 1}
}

// ofVersions is the one of processes that do not have one version; nil where they do.
func ofVersions(versions []string) *need {
	if len(versions) < 2 {
		return nil
	}
	return &need{&controlv1.Need{
		Why:    severalVersions.With("versions", fmt.Sprint(versions)).Proto(),
		Remedy: "finish the upgrade: puente status shows which process runs what", RemedyEs: "termine la actualización: puente status muestra qué versión ejecuta cada proceso",
	}, 3}
}

// ofHistory is the one of a history that is far behind; nil where it is not.
func ofHistory(behind uint64) *need {
	if behind < farBehind {
		return nil
	}
	return &need{&controlv1.Need{
		Why:    historyBehind.With("entries", behind).Proto(),
		Remedy: "wait until it has caught up", RemedyEs: "espere a que se ponga al día",
	}, 4}
}

// sorted are needs as the status shows them: the most urgent first, those of one urgency by what ends first.
func sorted(all []*need) (list []*controlv1.Need) {
	slices.SortStableFunc(all, func(a, b *need) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), endsFirst(a.Need, b.Need), cmp.Compare(a.GetChannel(), b.GetChannel()))
	})
	for _, n := range all[:min(len(all), mostNeeds)] {
		list = append(list, n.Need)
	}
	return list
}

// mostNeeds bounds what a person is told to look at.
const mostNeeds = 200

func endsFirst(a, b *controlv1.Need) int {
	switch {
	case a.GetFirstEnds() == nil && b.GetFirstEnds() == nil:
		return 0
	case a.GetFirstEnds() == nil:
		return 1
	case b.GetFirstEnds() == nil:
		return -1
	default:
		return a.GetFirstEnds().AsTime().Compare(b.GetFirstEnds().AsTime())
	}
}
