package smpp

import (
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Pauses where the SMSC says no time.
const (
	throttlePause = time.Second
	queuePause    = 5 * time.Second
	boundedFor    = 15 * time.Minute // of a message whose refusal nobody knows
)

// judgeBind says what an answer to a bind means (5.1.3).
func judgeBind(s pdu.Status) error {
	cause := fmt.Errorf("bind: command_status %s", s)
	switch s {
	case pdu.OK:
		return nil
	case pdu.BindFailed, pdu.InvalidPassword, pdu.InvalidSystemID, pdu.InvalidSystemType:
		return outcome.Suspend(bindRefused.With("code", s), cause)
	default:
		return outcome.Temporary(bindLater.With("code", s), cause)
	}
}

// judgeSubmit says what a refusal of a message means (5.1.3).
func judgeSubmit(s pdu.Status) error {
	cause := fmt.Errorf("submit_sm: command_status %s", s)
	switch s {
	case pdu.Throttled:
		return outcome.WaitBecause(throttlePause, outcome.Channel, throttled.With("code", s), cause)
	case pdu.QueueFull:
		return outcome.WaitBecause(queuePause, outcome.Channel, throttled.With("code", s), cause)
	case pdu.SystemError, pdu.TemporaryError, pdu.WrongState:
		return outcome.Temporary(outOfOrder.With("code", s), cause)
	case pdu.InvalidDest, pdu.InvalidDestTON, pdu.InvalidDestNPI, pdu.InvalidDestFlag:
		return outcome.Reject(badDestination.With("code", s), cause)
	case pdu.InvalidSource, pdu.InvalidSourceTON, pdu.InvalidSourceNPI:
		return outcome.Reject(badSource.With("code", s), cause)
	case pdu.SubmitFailed, pdu.PermanentError, pdu.Rejected, pdu.InvalidLength, pdu.InvalidESMClass:
		return outcome.Reject(refused.With("code", s), cause)
	case pdu.BindFailed, pdu.InvalidPassword, pdu.InvalidSystemID:
		return outcome.Suspend(bindRefused.With("code", s), cause)
	default:
		return outcome.TemporaryFor(boundedFor, unknownStatus.With("code", s), cause)
	}
}

// What a session says of a request.
var (
	errNotSaid = errors.New("not written: the session ends")
	errLost    = errors.New("the session was lost before the answer")
)
