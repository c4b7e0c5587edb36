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

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/media"
)

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

// TestAFileIsReadFromEveryPlace: files that are stored at the same time have each other's chunks between their own.
func TestAFileIsReadFromEveryPlace(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	sizes := []int{1, 100_000, 128 << 10, 128<<10 + 1, 2 << 20, 3_000_000, 5_000_000, 5_000_001}
	files := make([]*media.File, len(sizes))
	var wg sync.WaitGroup
	for i, size := range sizes {
		wg.Go(func() {
			f, err := store.Put(context.WithoutCancel(t.Context()), "a", "b/c", pieces{bytes.NewReader(bytesOf(uint64(i), size))})
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
		if !f.Even() {
			t.Errorf("a file of %d bytes is not in chunks of one size", size)
		}
		places(t, store, f, bytesOf(uint64(i), size))
	}
}

// TestAFileInUnevenChunksIsRead: such are those of versions before.
func TestAFileInUnevenChunksIsRead(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	want := bytesOf(1, 700_000)
	f, err := store.PutUneven(t.Context(), strings.Repeat("0", 32), pieces{bytes.NewReader(want)})
	if err != nil {
		t.Fatal(err)
	}
	if f.Even() {
		t.Fatal("the chunks are even: this tests nothing")
	}
	places(t, store, f, want)
}

func TestWhatIsSkippedOfAFileIsNotRead(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	writer, reader := s.Connect("writer"), s.Connect("reader")
	want := bytesOf(1, 20<<20)
	f, err := media.New(writer).Put(t.Context(), "a", "b/c", bytes.NewReader(want))
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

func TestAFileThatLacksAChunkIsNoShorterFile(t *testing.T) {
	t.Parallel()
	store := media.New(bustest.Start(t).Connect("files"))
	for _, index := range []int{0, 3, 7} {
		want := bytesOf(1, 1<<20)
		f, err := store.Put(t.Context(), "a", "b/c", bytes.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.DropChunk(t.Context(), f, index); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(store.Open(t.Context(), f)); err == nil {
			t.Errorf("without chunk %d: %d bytes and no error", index, len(got))
		}
	}
}

// TestAnIDThatNoFileCanHaveReachesNoBroker: it would break the connection's control line.
func TestAnIDThatNoFileCanHaveReachesNoBroker(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("files")
	store := media.New(b)
	for _, id := range []string{"", "a", strings.Repeat("a", 3010), strings.Repeat("a", 100_000), strings.Repeat("0", 31) + "A", "*", ">", "a.b", strings.Repeat("0", 32) + "\n"} {
		before := b.Conn().Stats().OutMsgs
		if _, err := store.Stat(t.Context(), id); !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%d letters: %v", len(id), err)
		}
		if n := b.Conn().Stats().OutMsgs - before; n != 0 {
			t.Errorf("%s: %d messages to the broker", fmt.Sprint(len(id), " letters"), n)
		}
	}
	f, err := store.Put(t.Context(), "a", "b/c", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Keep(t.Context(), "a", "b/c", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{f.ID, kept.ID} {
		if _, err := store.Stat(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
