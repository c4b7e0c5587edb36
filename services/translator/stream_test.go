package translator_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"
)

// broker reads what streams hold without taking it out, headers included. A service never does that, so it is not the
// bus's to offer: it speaks the broker's own protocol. https://docs.nats.io/reference/reference-protocols/nats-protocol
type broker struct {
	mu   sync.Mutex
	conn net.Conn
	in   *bufio.Reader
	had  map[string][]stored // by stream: nothing is ever taken out
}

// stored is one message of a stream.
type stored struct {
	subject  string
	sequence uint64
	header   textproto.MIMEHeader
	body     []byte
}

func newBroker(t *testing.T, url string) *broker {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "CONNECT {\"verbose\":false}\r\nSUB answer 1\r\n")
	return &broker{conn: conn, in: bufio.NewReader(conn), had: map[string][]stored{}}
}

// read is all that a stream holds, in order.
func (b *broker) read(t *testing.T, stream string) []stored {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		all, next := b.had[stream], uint64(1)
		if len(all) > 0 {
			next = all[len(all)-1].sequence + 1
		}
		var answer struct {
			Message *struct {
				Subject  string `json:"subject"`
				Sequence uint64 `json:"seq"`
				Header   []byte `json:"hdrs"`
				Body     []byte `json:"data"`
			} `json:"message"`
		}
		body, err := b.ask("$JS.API.STREAM.MSG.GET."+stream, fmt.Sprintf(`{"seq":%d,"next_by_subj":">"}`, next))
		if err == nil {
			err = json.Unmarshal(body, &answer)
		}
		if err != nil {
			t.Fatalf("read %s: %v", stream, err)
		}
		m := answer.Message
		if m == nil {
			return slices.Clip(all)
		}
		header := textproto.NewReader(bufio.NewReader(strings.NewReader(string(m.Header))))
		_, _ = header.ReadLine() // the protocol's version
		fields, _ := header.ReadMIMEHeader()
		b.had[stream] = append(all, stored{m.Subject, m.Sequence, fields, m.Body})
	}
}

func (b *broker) ask(subject, request string) ([]byte, error) {
	fmt.Fprintf(b.conn, "PUB %s answer %d\r\n%s\r\n", subject, len(request), request)
	for {
		line, err := b.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		switch {
		case strings.HasPrefix(line, "PING"):
			fmt.Fprint(b.conn, "PONG\r\n")
		case strings.HasPrefix(line, "-ERR"):
			return nil, fmt.Errorf("broker: %s", strings.TrimSpace(line))
		case strings.HasPrefix(line, "MSG "):
			var from, id string
			var size int
			if _, err := fmt.Sscanf(line, "MSG %s %s %d", &from, &id, &size); err != nil {
				return nil, err
			}
			body := make([]byte, size+2)
			_, err := io.ReadFull(b.in, body)
			return body[:size], err
		}
	}
}

// decode reads a body that must be right.
func decode[M proto.Message](t *testing.T, s stored, into M) M {
	t.Helper()
	if err := proto.Unmarshal(s.body, into); err != nil {
		t.Fatalf("%s: %v", s.subject, err)
	}
	return into
}
