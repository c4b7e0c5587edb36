package channels

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/reason"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Hold is why a side of a channel does not send as it should.
type Hold struct {
	State controlv1.ChannelState
	Why   *reasonv1.Reason
	// Since and Until are nil where they are not known.
	Since, Until *timestamppb.Timestamp
}

// waitsFrom is after how long what waits is no longer on its way, where nobody says what it waits for.
const waitsFrom = 30 * time.Second

// Hold is how a side stands. Where messages wait and nobody answers, the state is not known.
func (s *Side) Hold() Hold {
	switch live := s.Live; {
	case s.suspended != nil && (live == nil || live.GetHeld().GetCode() != reason.Paused.Code()):
		why := reason.Suspended.Because(reason.FromProto(nil, s.suspended.Reason)).Proto()
		if live.GetHeld() != nil {
			why = live.GetHeld()
		}
		return Hold{controlv1.ChannelState_CHANNEL_STATE_SUSPENDED, why, stamp(s.suspended.Since), live.GetHeldUntil()}
	case s.Pause != nil:
		return Hold{controlv1.ChannelState_CHANNEL_STATE_PAUSED, reason.Paused.Proto(), stamp(s.Pause.Since), stamp(s.Pause.Until)}
	case live != nil && live.GetHeld() != nil:
		return Hold{stateOf(live.GetHeld()), live.GetHeld(), live.GetHeldSince(), live.GetHeldUntil()}
	case live != nil && len(live.GetReasons()) > 0 && waits(live.GetReasons()[0].GetWhy()):
		first := live.GetReasons()[0]
		return Hold{controlv1.ChannelState_CHANNEL_STATE_WAITING, first.GetWhy(), live.GetOldest(), first.GetNextTry()}
	case live == nil && s.Waiting > 0 && time.Since(s.Oldest) > waitsFrom:
		return Hold{State: controlv1.ChannelState_CHANNEL_STATE_UNSPECIFIED, Since: stamp(s.Oldest)}
	default:
		return Hold{State: controlv1.ChannelState_CHANNEL_STATE_OK}
	}
}

// stateOf is the state of a channel that is held for a reason.
func stateOf(why *reasonv1.Reason) controlv1.ChannelState {
	switch why.GetCode() {
	case reason.Paused.Code():
		return controlv1.ChannelState_CHANNEL_STATE_PAUSED
	case reason.Suspended.Code(), reason.NotLoaded.Code():
		return controlv1.ChannelState_CHANNEL_STATE_SUSPENDED
	default:
		return controlv1.ChannelState_CHANNEL_STATE_WAITING
	}
}

// waits says that messages wait for something, and not just for their turn.
func waits(why *reasonv1.Reason) bool {
	return why != nil && why.GetCode() != reason.Turn.Code() && why.GetCode() != reason.Behind.Code()
}

func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// rank orders states, the worst first. Not known comes behind what is held: it may pass by itself.
func rank(s controlv1.ChannelState) int {
	switch s {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED:
		return 0
	case controlv1.ChannelState_CHANNEL_STATE_PAUSED:
		return 1
	case controlv1.ChannelState_CHANNEL_STATE_WAITING:
		return 2
	case controlv1.ChannelState_CHANNEL_STATE_UNSPECIFIED:
		return 3
	default:
		return 4
	}
}

// remedy is what an operator can do, in English and in Spanish; "" for nothing.
func remedy(channel string, h Hold) (en, es string) {
	switch h.State {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED:
		return "puente change " + channel + " --secret NAME puts in a credential that is good, and so does the configuration file with puente reload; puente check " + channel + " asks the network what it refuses",
			"puente change " + channel + " --secret NOMBRE pone una credencial válida, y también el fichero de configuración con puente reload; puente check " + channel + " pregunta a la red qué rechaza"
	case controlv1.ChannelState_CHANNEL_STATE_PAUSED:
		return "puente resume " + channel, "puente resume " + channel
	default:
		return "", ""
	}
}

// Channel is the standing as the API shows it.
func (s *Standing) Channel() *controlv1.Channel {
	network, platform := s.ToNetwork.Hold(), s.ToPlatform.Hold()
	c := &controlv1.Channel{
		Id: s.Settings.ID, Network: s.ToNetwork.Far, State: network.State, Why: network.Why, Since: network.Since, Until: network.Until,
		Waiting: s.ToNetwork.Waiting, WaitingPlatform: s.ToPlatform.Waiting, PlatformState: platform.State, PlatformWhy: platform.Why,
		FirstEnds: s.ToNetwork.Live.GetFirstEnds(),
	}
	c.Remedy, c.RemedyEs = remedy(s.Settings.ID, network)
	if s.ToNetwork.Waiting > 0 {
		c.Oldest = stamp(s.ToNetwork.Oldest)
	}
	if p := s.ToNetwork.Pause; p != nil {
		c.PausedBy, c.PausedReason = p.By, p.Reason
	}
	return c
}
