package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/topology"
)

const far = "toy"

// pieces gives what a connection gives: a few kB at a time, of changing length.
type pieces struct{ r io.Reader }

func (s pieces) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 1+rand.IntN(20_000))]) }

func bytesOf(seed uint64, n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(data) // never fails
	return data
}

// places reads from many places of a file, and compares with what was stored.
func places(t *testing.T, store *media.Store, f *media.File, want []byte) {
	t.Helper()
	if err := iotest.TestReader(io.LimitReader(store.Open(t.Context(), f), 300_000), want[:min(len(want), 300_000)]); err != nil {
		t.Fatal(err)
	}
	r := store.Open(t.Context(), f)
	for i := range 40 {
		at := rand.IntN(len(want) + 1)
		n := min(len(want)-at, rand.IntN(200_000))
		if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want[at:at+n]) {
			t.Fatalf("try %d: %d bytes at %d of %d: %v", i, n, at, len(want), err)
		}
	}
	if _, err := r.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %d, %v", n, err)
	}
}

// TestAFileIsReadFromEveryPlace: files that are stored at the same time have each other's pieces between their own.
func TestAFileIsReadFromEveryPlace(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	sizes := []int{1, 100_000, 128 << 10, 128<<10 + 1, 2 << 20, 3_000_000, 5_000_000, 5_000_001}
	files := make([]*media.File, len(sizes))
	var wg sync.WaitGroup
	for i, size := range sizes {
		wg.Go(func() {
			f, err := store.Put(context.WithoutCancel(t.Context()), far, "a", "b/c", pieces{bytes.NewReader(bytesOf(uint64(i), size))})
			if err != nil {
				t.Error(err)
			}
			files[i] = f
		})
	}
	wg.Wait()
	for i, size := range sizes {
		if files[i] == nil {
			continue
		}
		f, err := store.Stat(t.Context(), files[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		places(t, store, f, bytesOf(uint64(i), size))
	}
}

// TestAFileOfVersionsBeforeIsRead: they kept files in an object store, the first of them in chunks of any size.
func TestAFileOfVersionsBeforeIsRead(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	for i, test := range []struct {
		id   string
		size int
		even bool
	}{{strings.Repeat("0", 32), 700_000, false}, {strings.Repeat("ab", 16), 3_000_000, true}, {strings.Repeat("a2", 13), 128 << 10, true}} {
		want := bytesOf(uint64(i), test.size)
		var body io.Reader = pieces{bytes.NewReader(want)}
		if test.even {
			body = media.Filled(body)
		}
		if _, err := store.PutEarlier(t.Context(), test.id, map[string]string{"name": "foto.png", "media-type": "image/png"}, body); err != nil {
			t.Fatal(err)
		}
		f, err := store.Stat(t.Context(), test.id)
		if err != nil {
			t.Fatal(err)
		}
		if f.Even() != test.even {
			t.Fatalf("%s: even chunks: %t", test.id, f.Even())
		}
		if f.Name != "foto.png" || f.MediaType != "image/png" || f.ID != test.id || f.Size != int64(test.size) {
			t.Errorf("%+v", f)
		}
		places(t, store, f, want)
		for _, index := range []int{0, 1} {
			if err := store.DropChunk(t.Context(), f, index); err != nil {
				continue // there is one only
			}
			if got, err := io.ReadAll(store.Open(t.Context(), f)); err == nil {
				t.Errorf("without chunk %d: %d bytes and no error", index, len(got))
			}
		}
	}
	// where none has stored anything there is no such store
	if _, err := media.New(bustest.Start(t).Connect("new")).Stat(t.Context(), strings.Repeat("0", 32)); !errors.Is(err, bus.ErrNotFound) {
		t.Error(err)
	}
}

// broken is a body that fails after so many bytes.
type broken struct{ left int }

var errBroken = errors.New("the connection broke")

func (b *broken) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errBroken
	}
	n := min(b.left, len(p))
	b.left -= n
	return n, nil
}

// TestAFileThatBreaksOffLeavesNothing: a stranger could fill the store with files that are too large.
func TestAFileThatBreaksOffLeavesNothing(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("files")
	store := media.New(b)
	if _, err := store.Put(t.Context(), far, "a", "b/c", &broken{left: 5 << 20}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	state, err := b.State(t.Context(), topology.Files.Name)
	if err != nil || state.Messages != 40 || state.Bytes > 10_000 {
		t.Errorf("%d messages and %d bytes stay, %v", state.Messages, state.Bytes, err)
	}
}

// TestWhatIsKeptAgainTakesNoFurtherRoom: and where it cannot be stored anew, the file that is there stays whole.
func TestWhatIsKeptAgainTakesNoFurtherRoom(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("files")
	store, data := media.New(b), bytesOf(1, 300_000)
	first, err := store.Keep(t.Context(), far, "a", "b/c", data)
	if err != nil {
		t.Fatal(err)
	}
	before, err := b.State(t.Context(), topology.Files.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Age(t.Context(), first, 20*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	ending, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Keep(ending, far, "a", "b/c", data); err == nil {
		t.Error("it is kept though the context has ended")
	}
	places(t, store, first, data)
	second, err := store.Keep(t.Context(), far, "a", "b/c", data)
	if err != nil || second.ID != first.ID {
		t.Fatalf("%+v, %v", second, err)
	}
	after, err := b.State(t.Context(), topology.Files.Name)
	if err != nil || after.Messages != before.Messages {
		t.Errorf("%d messages, then %d, %v", before.Messages, after.Messages, err)
	}
	if f, err := store.Stat(t.Context(), first.ID); err != nil || time.Since(f.Stored) > time.Hour {
		t.Errorf("%+v, %v", f, err)
	}
	places(t, store, second, data)
}

func TestWhatIsSkippedOfAFileIsNotRead(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	writer, reader := s.Connect("writer"), s.Connect("reader")
	want := bytesOf(1, 20<<20)
	f, err := media.New(writer).Put(t.Context(), far, "a", "b/c", bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	before := reader.Conn().Stats().InBytes
	r := media.New(reader).Open(t.Context(), f)
	for _, at := range []int64{20<<20 - 10, 10 << 20, 1000} { // backwards
		got := make([]byte, 10)
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want[at:at+10]) {
			t.Fatalf("at %d: %v", at, err)
		}
	}
	if got := reader.Conn().Stats().InBytes - before; got > 2<<20 {
		t.Errorf("%d bytes were read for 30", got)
	}
}

func TestAFileThatLacksAPieceIsNoShorterFile(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	for _, number := range []int{0, 3, 7} {
		f, err := store.Put(t.Context(), far, "a", "b/c", bytes.NewReader(bytesOf(1, 1<<20)))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.DropPiece(t.Context(), f, number); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(store.Open(t.Context(), f)); err == nil {
			t.Errorf("without piece %d: %d bytes and no error", number, len(got))
		}
	}
}

// TestAnIDThatNoFileCanHaveReachesNoBroker: it would break the connection's control line.
func TestAnIDThatNoFileCanHaveReachesNoBroker(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("files")
	store := media.New(b)
	for _, id := range []string{"", "a", strings.Repeat("a", 3010), strings.Repeat("a", 100_000), strings.Repeat("0", 31) + "A", "*", ">", "a.b", strings.Repeat("0", 32) + "\n",
		"*-" + strings.Repeat("0", 32), "toy-*", "toy.x-" + strings.Repeat("0", 32), "toy-" + strings.Repeat("0", 32) + "\n", "toy-none", "-" + strings.Repeat("0", 32), strings.Repeat("a", 33) + "-" + strings.Repeat("0", 32),
	} {
		before := b.Conn().Stats().OutMsgs
		if _, err := store.Stat(t.Context(), id); !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%d letters: %v", len(id), err)
		}
		if n := b.Conn().Stats().OutMsgs - before; n != 0 {
			t.Errorf("%s: %d messages to the broker", fmt.Sprint(len(id), " letters"), n)
		}
	}
	f, err := store.Put(t.Context(), far, "a", "b/c", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Keep(t.Context(), far, "a", "b/c", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, network := range []string{"", "*", "a.b", "A", ">"} {
		if _, err := store.Put(t.Context(), network, "a", "b/c", strings.NewReader("x")); err == nil {
			t.Errorf("a file of network %q is stored", network)
		}
	}
	for _, id := range []string{f.ID, kept.ID} {
		if _, err := store.Stat(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
