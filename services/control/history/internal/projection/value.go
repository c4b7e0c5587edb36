package projection

import (
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// mostReason is the longest reason that is kept, in bytes.
const mostReason = 4 << 10

// reasonOf is why an entry was written, as it is stored; nil where it does not say.
func reasonOf(e *journalv1.Entry) []byte {
	why := e.GetWhy()
	if why == nil && e.GetReason() == "" {
		return nil
	}
	if why == nil || proto.Size(why) > mostReason {
		why = &reasonv1.Reason{Code: Cut(why.GetCode(), 80), Fault: why.GetFault(), En: Cut(e.GetReason(), 1000), Es: Cut(e.GetReason(), 1000)}
	}
	data, err := proto.Marshal(why)
	if err != nil {
		return nil // not UTF-8
	}
	return data
}

// ReadReason reads what [Message.Why] holds; nil for none, and for what cannot be read.
func ReadReason(data []byte) *reasonv1.Reason {
	if len(data) == 0 {
		return nil
	}
	why := &reasonv1.Reason{}
	if proto.Unmarshal(data, why) != nil {
		return nil
	}
	return why
}

// ahead is how far a clock may be ahead of the broker's to be believed.
const ahead = time.Hour

// Micros is a time in microseconds since 1970, by UTC. Networks tell some of them: one that is missing, or far ahead of when it was stored, is
// that of storing; with none of that either it is 0.
func Micros(t *timestamppb.Timestamp, stored time.Time) int64 {
	if t == nil || !t.IsValid() {
		if stored.IsZero() {
			return 0
		}
		return stored.UnixMicro()
	}
	at := t.AsTime()
	if !stored.IsZero() && at.After(stored.Add(ahead)) {
		at = stored
	}
	return max(at.UnixMicro(), 0)
}

// Timestamp is a time of [Micros] for an answer; nil for 0.
func Timestamp(micros int64) *timestamppb.Timestamp {
	if micros == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(micros))
}

// Cut is a text in valid UTF-8 with this many bytes at most.
func Cut(s string, most int) string {
	s = s[:min(len(s), most)]
	if utf8.ValidString(s) { // nearly always, and much faster
		return s
	}
	return strings.ToValidUTF8(s, "")
}
