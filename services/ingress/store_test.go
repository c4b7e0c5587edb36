package ingress

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

var errDown = errors.New("no answer")

// trouble is a store whose calls end as the test says; nil hangs until its caller gives up.
type trouble struct {
	publish, create func(try int) error
	standing        indexv1.Standing // what is found where a void was to be made
	posts           []bus.Post
	creates         int
}

func answerOf(ctx context.Context, f func(int) error, try int) error {
	if f == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return f(try)
}

func (s *trouble) Publish(ctx context.Context, p bus.Post) (uint64, error) {
	s.posts = append(s.posts, p)
	return 1, answerOf(ctx, s.publish, len(s.posts))
}

func (s *trouble) Create(ctx context.Context, _ string, r proto.Message, _ time.Duration) (uint64, error) {
	s.creates++
	if r.(*indexv1.State).GetStanding() != indexv1.Standing_STANDING_VOID {
		return 0, errors.New("not a void")
	}
	return 1, answerOf(ctx, s.create, s.creates)
}

func (s *trouble) Read(_ context.Context, _ string, r proto.Message) (uint64, error) {
	if s.standing == 0 {
		return 0, bus.ErrNotFound
	}
	proto.Merge(r, &indexv1.State{Standing: s.standing})
	return 1, nil
}

func (s *trouble) Replace(context.Context, string, proto.Message, uint64, time.Duration) (uint64, error) {
	return 0, errors.New("a record was replaced")
}

func always(err error) func(int) error { return func(int) error { return err } }

func TestAMessageIsKeptOrVoidedBeforeThePlatformGivesUp(t *testing.T) {
	const many = -1
	const taken, void = indexv1.Standing_STANDING_TAKEN, indexv1.Standing_STANDING_VOID
	for _, test := range []struct {
		name    string
		store   *trouble
		kept    bool
		within  time.Duration
		creates int // once everything has ended
	}{
		{"stored at once", &trouble{publish: always(nil)}, true, 0, 0},
		{"stored at the third try", &trouble{publish: func(try int) error {
			if try < 3 {
				return errDown
			}
			return nil
		}}, true, time.Second, 0},
		{"refused by a full store", &trouble{publish: always(bus.ErrFull), create: always(nil)}, false, 0, 1},
		{"too large", &trouble{publish: always(bus.ErrTooLarge), create: always(nil)}, false, 0, 1},
		{"refused all the time", &trouble{publish: always(errDown), create: always(nil)}, false, 4 * time.Second, 1},
		{"never answered", &trouble{create: always(nil)}, false, 4 * time.Second, 1},
		{"taken all the same", &trouble{create: always(bus.ErrExists), standing: taken}, true, 4 * time.Second, 1},
		{"void already", &trouble{create: always(bus.ErrExists), standing: void}, false, 4 * time.Second, 1},
		{"nothing is answered", &trouble{}, false, 4500 * time.Millisecond, many},
		{"the void is made in the background", &trouble{create: func(try int) error {
			if try < 4 {
				return errDown
			}
			return nil
		}}, false, 4 * time.Second, 4},
		{"two at once, and nothing there yet", &trouble{create: func(try int) error {
			if try == 1 {
				return bus.ErrExists
			}
			return nil
		}}, false, 4 * time.Second, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeeper(test.store, slog.New(slog.DiscardHandler))
				began := time.Now()
				err := k.keep(t.Context(), time.Now(), &messagev1.Message{Id: "m1", Channel: "ch1"})
				if (err == nil) != test.kept {
					t.Errorf("kept: %v", err)
				}
				if took := time.Since(began); took > test.within {
					t.Errorf("it took %s, at most %s are allowed", took, test.within)
				}
				for i, p := range test.store.posts {
					if p.ID != "m1-0-0" || p.Repeat != (i > 0) {
						t.Errorf("try %d has id %q, repeat %t", i+1, p.ID, p.Repeat)
					}
				}
				k.voids.Wait()
				if got := test.store.creates; got != test.creates && (test.creates != many || got < 2) {
					t.Errorf("%d tries to void, want %d", test.store.creates, test.creates)
				}
				if since := time.Since(began); since > 2*time.Minute {
					t.Errorf("it was tried for %s", since)
				}
			})
		})
	}
}

func TestClosingEndsWhatGoesOnAfterAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeper(&trouble{publish: always(bus.ErrFull), create: always(errDown)}, slog.New(slog.DiscardHandler))
		if k.keep(t.Context(), time.Now(), &messagev1.Message{Id: "m1", Channel: "ch1"}) == nil {
			t.Error("kept")
		}
		began := time.Now()
		k.close()
		if took := time.Since(began); took > time.Second {
			t.Errorf("closing took %s", took)
		}
	})
}

func TestACallerThatHangsUpDoesNotStopTheStoring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &trouble{publish: func(try int) error {
			if try < 2 {
				return errDown
			}
			return nil
		}}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := newKeeper(s, slog.New(slog.DiscardHandler)).keep(ctx, time.Now(), &messagev1.Message{Id: "m1", Channel: "ch1"}); err != nil {
			t.Error(err)
		}
	})
}
