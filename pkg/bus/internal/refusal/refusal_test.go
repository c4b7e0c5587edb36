package refusal_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/refusal"
)

// The codes and texts are the server's: https://github.com/nats-io/nats-server/blob/main/server/errors.json, and store.go beside it.
// Tests of pkg/bus have a real server refuse; here stands which of its refusals is taken for what.
func TestEachRefusalIsTakenForWhatItIs(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(error) bool{
		"no room": refusal.NoRoom, "conflict": refusal.Conflict, "channel full": refusal.ChannelFull, "too large": refusal.TooLarge, "repeated": refusal.Repeated,
	}
	for _, test := range []struct {
		name string
		err  error
		want []string // sorted
	}{
		{"the stream is full", &jetstream.APIError{ErrorCode: 10077, Description: "maximum bytes exceeded"}, []string{"no room"}},
		{"the stream has its messages", &jetstream.APIError{ErrorCode: 10077, Description: "maximum messages exceeded"}, []string{"no room"}},
		// whoever asks asks for the channel first
		{"a subject has its messages", &jetstream.APIError{ErrorCode: 10077, Description: "maximum messages per subject exceeded"}, []string{"channel full", "no room"}},
		{"the store failed otherwise", &jetstream.APIError{ErrorCode: 10077, Description: "input/output error"}, nil},
		{"another refusal with the same word", &jetstream.APIError{ErrorCode: 10026, Description: "maximum consumers limit reached"}, nil},
		{"the account is full", &jetstream.APIError{ErrorCode: 10047}, []string{"no room"}},
		{"the server is full", &jetstream.APIError{ErrorCode: 10023}, []string{"no room"}},
		{"somebody else wrote", &jetstream.APIError{ErrorCode: 10071}, []string{"conflict"}},
		{"somebody else writes", &jetstream.APIError{ErrorCode: 10164}, []string{"conflict"}},
		{"larger than the stream's messages", &jetstream.APIError{ErrorCode: 10054}, []string{"too large"}},
		{"larger than the connection's", nats.ErrMaxPayload, []string{"too large"}},
		{"a batch that was stored", &jetstream.APIError{ErrorCode: 10201}, []string{"repeated"}},
		{"the broker is away", nats.ErrTimeout, nil},
		{"no stream", &jetstream.APIError{ErrorCode: 10059}, nil},
		{"nothing", nil, nil},
		{"words of ours", errors.New("maximum bytes exceeded"), nil},
	} {
		for how, err := range map[string]error{"as it is": test.err, "wrapped": wrap(test.err)} {
			var got []string
			for _, kind := range slices.Sorted(maps.Keys(kinds)) {
				if kinds[kind](err) {
					got = append(got, kind)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s, %s: taken for %v, want %v", test.name, how, got, test.want)
			}
		}
	}
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("publish: %w", err)
}
