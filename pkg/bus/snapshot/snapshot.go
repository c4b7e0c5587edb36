// Package snapshot copies whole streams out of the broker and back into one, with sequences, times and configuration as
// they were. It speaks the snapshot API of JetStream, which copies a stream while it is written to. The consumers are left
// out: whoever reads makes new ones.
//
//	for _, name := range names { // of Names
//		s, err := snapshot.Take(ctx, b, name, file)
//	}
//	err := snapshot.Put(ctx, empty, s, file) // into a broker that has none of them
//
// How streams become one file, and whether a bridge runs that must not, is the business of whoever calls it (puente backup,
// puente restore). A snapshot holds messages and credentials in clear. Each function may run beside others on other streams.
//
// https://docs.nats.io/jetstream/disaster_recovery#automatic-recovery-and-snapshots
//
// It is written by hand, on the connection of package bus: the client has no call for it, and github.com/nats-io/jsm.go,
// which has, links a NATS server and an expression language.
package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// Stream is a stream as the broker described it when its snapshot was begun.
type Stream struct {
	// Name is the broker's for it: of a bucket it begins with KV_, of the attachments of earlier versions with OBJ_.
	Name string `json:"name"`
	// Messages is how many it held.
	Messages uint64 `json:"messages"`
	// Config and State are the broker's own, in JSON. They are needed to restore it.
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// Times and sizes of a transfer.
const (
	chunk = 128 << 10 // bytes sent at once
	// silence is how long the broker may say nothing, in either direction and between two pieces: a stream of gigabytes takes minutes, and the pieces come all the time.
	silence = 30 * time.Second
	// restoreMax is how long the broker may work on what it was given: it tells nothing until it has opened the whole stream.
	restoreMax = time.Hour
)

// Names are the streams of the deployment that exist, in the order in which a backup has to take them: those of package topology, the
// buckets, and the store in which earlier versions kept attachments. Streams of others on the same broker are left out.
//
// The order is the way of a message. What moves on while the backup runs is then in a stream that is copied later: it may be in the
// backup twice, and is never missing. The positions of readers come first: after a restore they read a little again, and know it as a
// repeat.
func Names(ctx context.Context, b *bus.Bus) (names []string, err error) {
	list := b.JetStream().StreamNames(ctx)
	for name := range list.Name() {
		if rank(name) >= 0 {
			names = append(names, name)
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list streams: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names, nil
}

// order is that of [Names]; a name that ends in _ stands for the streams of all networks.
var order = []string{
	"KV_" + topology.Leases, "WEBHOOKS_", topology.Messages.Name, "EGRESS_", "OUTCOMES_",
	topology.Egress(topology.Platform).Name, topology.Outcomes(topology.Platform).Name, topology.Index.Name,
	"",                       // every other stream and bucket
	"KV_" + topology.Secrets, // last: without the digest key no service begins
}

// rank is the place of a stream in the order, -1 for one that is no part of a deployment.
func rank(name string) int {
	if at := slices.Index(order, name); at >= 0 {
		return at
	}
	_, declared := topology.Declared(name)
	bucket := slices.ContainsFunc(topology.Buckets(), func(b topology.Bucket) bool { return name == "KV_"+b.Name })
	if !declared && !bucket && name != topology.EarlierMediaStream {
		return -1
	}
	if kind, _, ok := strings.Cut(name, "_"); ok {
		if at := slices.Index(order, kind+"_"); at >= 0 {
			return at
		}
	}
	return slices.Index(order, "")
}

// problem is an error as JetStream's API tells it, beside an answer or in its place.
type problem struct {
	Error *struct {
		Description string `json:"description"`
	} `json:"error"`
}

// ask makes a request of JetStream's API, and waits for [silence] at most.
func ask(ctx context.Context, b *bus.Bus, subject string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	m, err := b.Conn().RequestWithContext(ctx, subject, body)
	if err != nil {
		return err
	}
	return read(m.Data, answer)
}

// read decodes an answer of the API, or returns the error that it tells.
func read(data []byte, answer any) error {
	var p problem
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("the broker's answer cannot be read: %w", err)
	}
	if p.Error != nil {
		return errors.New(p.Error.Description)
	}
	return json.Unmarshal(data, answer)
}

// Take writes a snapshot of a stream, in a format of the broker's own. [Put] needs it together with the [Stream] that is returned. After
// an error it is of no use. Others may write to the stream meanwhile; what they write may be in the snapshot or not. It ends with
// the context, and fails where the broker sends nothing for 30 seconds. A slow writer slows the broker down: it sends 8 MB ahead and
// waits.
func Take(ctx context.Context, b *bus.Bus, name string, to io.Writer) (s Stream, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("snapshot of stream %s: %w", name, err)
		}
	}()
	// listening before it is asked for: the broker waits for no listener
	nc, inbox := b.Conn(), b.Conn().NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return s, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := sub.SetPendingLimits(-1, -1); err != nil { // the window of the API bounds it, 8 MB
		return s, err
	}
	request := map[string]any{"deliver_subject": inbox, "no_consumers": true, "chunk_size": chunk}
	var answer struct {
		Config json.RawMessage `json:"config"`
		State  json.RawMessage `json:"state"`
	}
	if err := ask(ctx, b, b.API("STREAM.SNAPSHOT."+name), request, &answer); err != nil {
		return s, err
	}
	s = Stream{Name: name, Config: answer.Config, State: answer.State}
	if err := json.Unmarshal(answer.State, &struct{ Messages *uint64 }{&s.Messages}); err != nil {
		return s, err
	}
	// pieces come in order, each with a subject on which it is to be confirmed; an empty one is the end
	for index := 1; ; index++ {
		waiting, cancel := context.WithTimeout(ctx, silence)
		m, err := sub.NextMsgWithContext(waiting)
		cancel()
		if err != nil {
			return s, err
		}
		if len(m.Data) == 0 {
			// an end with a status is the broker's reason for one before its time
			if status := m.Header.Get("Status"); status != "" && status != "204" {
				return s, fmt.Errorf("the broker broke off: %s %s", status, m.Header.Get("Description"))
			}
			return s, nil
		}
		// the last piece needs no receipt; of every other the subject of the receipt says which one it is
		if m.Reply != "" && !strings.HasSuffix(m.Reply, fmt.Sprintf(".%d", index)) {
			return s, errors.New("a piece of it is missing")
		}
		if _, err := to.Write(m.Data); err != nil {
			return s, err
		}
		if m.Reply != "" {
			if err := m.Respond(nil); err != nil {
				return s, err
			}
		}
	}
}

// Put makes a stream from a snapshot, with its messages, their sequences and times, and its configuration. It fails where a stream of
// that name exists. After an error it removes what was made so far; where that fails too the error says so, and an operator has to
// delete the stream. It returns when the broker has opened the whole stream, or fails after an hour.
func Put(ctx context.Context, b *bus.Bus, s Stream, from io.Reader) (err error) {
	made := false
	defer func() {
		if err == nil {
			return
		}
		err = fmt.Errorf("restore stream %s: %w", s.Name, err)
		if made { // the broker keeps what it could read
			cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), silence)
			defer cancel()
			if gone := b.JetStream().DeleteStream(cleaning, s.Name); gone != nil && !errors.Is(gone, jetstream.ErrStreamNotFound) {
				err = errors.Join(err, gone)
			}
		}
	}()
	var begun struct {
		Subject string `json:"deliver_subject"`
	}
	request := map[string]any{"config": s.Config, "state": s.State}
	if err := ask(ctx, b, b.API("STREAM.RESTORE."+s.Name), request, &begun); err != nil {
		return err
	}
	// from here on the broker has something, and would keep what it could read of a transfer that broke off
	made = true
	piece := make([]byte, chunk)
	for {
		n, err := io.ReadFull(from, piece)
		if n == 0 && err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		sending, cancel := context.WithTimeout(ctx, silence)
		m, failed := insist(sending, b, begun.Subject, piece[:n])
		cancel()
		if failed != nil {
			return failed
		}
		if len(m.Data) > 0 { // a receipt is empty
			return early(read(m.Data, &struct{}{}))
		}
	}
	// an empty piece is the end: the broker answers when the stream can be used
	working, cancel := context.WithTimeout(ctx, restoreMax)
	defer cancel()
	m, err := insist(working, b, begun.Subject, nil)
	if err != nil {
		return err
	}
	return read(m.Data, &struct{}{})
}

// unheardFor is how long a subject may be unknown to the server that is asked: that on which another server of the cluster has just
// begun to listen.
const unheardFor = 5 * time.Second

// insist is a request that is made again while nobody listens, for a moment: nobody has had it.
func insist(ctx context.Context, b *bus.Bus, subject string, data []byte) (*nats.Msg, error) {
	for began := time.Now(); ; {
		m, err := b.Conn().RequestWithContext(ctx, subject, data)
		if !errors.Is(err, nats.ErrNoResponders) || time.Since(began) > unheardFor || pause.For(ctx, 100*time.Millisecond) != nil {
			return m, err
		}
	}
}

// early is the error that ended a transfer early. An answer without one is as wrong: the broker had not been given all.
func early(err error) error {
	if err == nil {
		return errors.New("the broker ended it early")
	}
	return err
}
