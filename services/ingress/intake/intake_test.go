package intake_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/ingress/intake"
)

// call is a call with a body as a caller sends it: what it announces, what comes, and how it ends.
func call(announced int64, came string, end error) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.ContentLength = announced
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(came), ending{end}))
	return r
}

// ending is the end of a body.
type ending struct{ err error }

func (e ending) Read([]byte) (int, error) { return 0, e.err }

func TestABodyIsReadWithinItsLimit(t *testing.T) {
	t.Parallel()
	const limit = 10_000
	full := strings.Repeat("x", limit)
	for _, test := range []struct {
		name      string
		announced int64
		came      string
		end       error
		want      error
	}{
		{"nothing", 0, "", io.EOF, nil},
		{"as announced", limit, full, io.EOF, nil},
		{"of no announced length", -1, full, io.EOF, nil},
		{"less than announced", 100, "x", io.ErrUnexpectedEOF, intake.ErrBroken},
		{"more than announced", 1, full, io.EOF, intake.ErrBroken},
		{"announced as too large", limit + 1, "", io.EOF, intake.ErrTooLarge},
		{"one byte too large", -1, full + "x", io.EOF, intake.ErrTooLarge},
		{"that stops coming", -1, "x", os.ErrDeadlineExceeded, intake.ErrTooSlow},
		{"whose caller hung up", -1, "x", errors.New("connection reset"), intake.ErrBroken},
	} {
		b := intake.Budget{All: 1 << 20, Channel: 1 << 20, Caller: 1 << 20}
		held := b.Hold("channel", "caller")
		w := httptest.NewRecorder()
		w.Header().Set("Connection", "close")
		body, err := intake.Read(w, call(test.announced, test.came, test.end), limit, held)
		if !errors.Is(err, test.want) || err == nil && !bytes.Equal(body, []byte(test.came)) {
			t.Errorf("%s: %d bytes, %v", test.name, len(body), err)
		}
		// a connection with a body that was not read cannot go on
		if closes := w.Header().Get("Connection") == "close"; closes != (err != nil) {
			t.Errorf("%s: the connection ends: %v", test.name, closes)
		}
		held.Release()
	}
}

// Each bound of a budget holds for itself, counts what is held and not what is announced, and is free again after Release.
func TestABudgetIsOfAllOfAChannelAndOfACaller(t *testing.T) {
	t.Parallel()
	const small = 4 << 10 // what the first byte takes
	read := func(b *intake.Budget, channel, caller string) (release func(), err error) {
		h := b.Hold(channel, caller)
		_, err = intake.Read(httptest.NewRecorder(), call(-1, "x", io.EOF), 1<<20, h)
		return h.Release, err
	}
	for _, test := range []struct {
		name                                        string
		all, channel, caller                        int64
		sameChannel, sameCaller, neither, bothAgain error // of a call that has this in common with the first
	}{
		{"all", small, 10 * small, 10 * small, intake.ErrBusy, intake.ErrBusy, intake.ErrBusy, intake.ErrBusy},
		{"channel", 10 * small, small, 10 * small, intake.ErrBusy, nil, nil, intake.ErrBusy},
		{"caller", 10 * small, 10 * small, small, nil, intake.ErrBusy, nil, intake.ErrBusy},
	} {
		b := &intake.Budget{All: test.all, Channel: test.channel, Caller: test.caller}
		release, err := read(b, "a", "ann")
		if err != nil {
			t.Fatalf("%s: the first: %v", test.name, err)
		}
		for _, other := range []struct {
			channel, caller string
			want            error
		}{{"b", "ann", test.sameCaller}, {"a", "bob", test.sameChannel}, {"b", "bob", test.neither}, {"a", "ann", test.bothAgain}} {
			give, err := read(b, other.channel, other.caller)
			if !errors.Is(err, other.want) {
				t.Errorf("%s: beside a call of ann to a, %s to %s: %v", test.name, other.caller, other.channel, err)
			}
			give()
		}
		release()
		if give, err := read(b, "a", "ann"); err != nil {
			t.Errorf("%s: what was given back is not free: %v", test.name, err)
		} else {
			give()
		}
	}
}

// A caller that announces much and sends little takes little: only what has come counts.
func TestAnAnnouncedBodyTakesNoRoom(t *testing.T) {
	t.Parallel()
	b := &intake.Budget{All: 8 << 10, Channel: 8 << 10, Caller: 8 << 10}
	h := b.Hold("a", "ann")
	defer h.Release()
	_, err := intake.Read(httptest.NewRecorder(), call(7<<20, "x", io.ErrUnexpectedEOF), 8<<20, h)
	if !errors.Is(err, intake.ErrBroken) {
		t.Errorf("it is refused for its announcement: %v", err)
	}
	h2 := b.Hold("b", "bob")
	defer h2.Release()
	if _, err := intake.Read(httptest.NewRecorder(), call(-1, strings.Repeat("x", 9<<10), io.EOF), 8<<20, h2); !errors.Is(err, intake.ErrBusy) {
		t.Errorf("more came than there is room: %v", err)
	}
}
