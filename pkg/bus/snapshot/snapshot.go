// Package snapshot copies whole streams out of the broker and back into one, with sequences, times and configuration as
// they were. It speaks the snapshot API of JetStream, which copies a stream while it is written to. The consumers are left
// out: whoever reads makes new ones.
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

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Stream is a stream as the broker described it when its snapshot was begun.
type Stream struct {
	Name     string `json:"name"`
	Messages uint64 `json:"messages"`
	// Config and State are the broker's own, in JSON. They are needed to restore it.
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// Times and sizes of a transfer.
const (
	chunk      = 128 << 10        // bytes sent at once
	silence    = 30 * time.Second // how long the broker may say nothing
	restoreMax = time.Hour        // how long the broker may work on what it was given
)

// Names are the streams of a deployment that there are: those of topology, the buckets, and the store of attachments, in
// the order in which a backup has to take them.
//
// The order is that in which a message moves, so that whatever moves on meanwhile is found where it went, twice perhaps,
// and never nowhere. Where readers stand goes first: they then read some of it again, and pass over what they know.
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
	if !declared && !bucket && name != "OBJ_"+topology.Media {
		return -1
	}
	if kind, _, ok := strings.Cut(name, "_"); ok {
		if at := slices.Index(order, kind+"_"); at >= 0 {
			return at
		}
	}
	return slices.Index(order, "")
}

// problem is an error as the API tells it.
type problem struct {
	Error *struct {
		Description string `json:"description"`
	} `json:"error"`
}

// ask makes a request of JetStream's API.
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

// Take writes a snapshot of a stream. What is written is only of use where no error is returned. Others may write to the
// stream meanwhile.
func Take(ctx context.Context, b *bus.Bus, name string, to io.Writer) (s Stream, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("snapshot of stream %s: %w", name, err)
		}
	}()
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
	for index := 1; ; index++ {
		waiting, cancel := context.WithTimeout(ctx, silence)
		m, err := sub.NextMsgWithContext(waiting)
		cancel()
		if err != nil {
			return s, err
		}
		if len(m.Data) == 0 {
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

// Put makes a stream of its snapshot. There must be none of its name. What an error leaves half done is removed.
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
		m, failed := b.Conn().RequestWithContext(sending, begun.Subject, piece[:n])
		cancel()
		if failed != nil {
			return failed
		}
		if len(m.Data) > 0 { // a receipt is empty
			return early(read(m.Data, &struct{}{}))
		}
	}
	working, cancel := context.WithTimeout(ctx, restoreMax)
	defer cancel()
	m, err := b.Conn().RequestWithContext(working, begun.Subject, nil)
	if err != nil {
		return err
	}
	return read(m.Data, &struct{}{})
}

// early is the error that ended a transfer early, whatever it was.
func early(err error) error {
	if err == nil {
		return errors.New("the broker ended it early")
	}
	return err
}
