package control_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// BenchmarkTheOverview asks the console for its first page, with a real broker, history and API below it: a thousand channels and
// the messages of a day, PUENTE_OVERVIEW_MESSAGES of them (20,000 where it is not set), one in thirty of which has failed and is a
// dead letter. It prints the first page, the median and the slowest of the others, and what each question costs.
func BenchmarkTheOverview(b *testing.B) {
	messages := 20_000
	if n, err := strconv.Atoi(os.Getenv("PUENTE_OVERVIEW_MESSAGES")); err == nil {
		messages = n
	}
	a := start(b)
	a.day(1000, messages)
	page := a.console()
	figures := map[string]float64{}
	timed := func(name string, times int, do func()) {
		began := time.Now()
		for range times {
			do()
		}
		figures[name] = float64(time.Since(began).Microseconds()) / 1000 / float64(times)
	}
	timed("first-ms", 1, page)
	timed("status-ms", 5, func() {
		if _, err := a.system(reader).Status(b.Context(), connect.NewRequest(&controlv1.StatusRequest{})); err != nil {
			b.Fatal(err)
		}
	})
	timed("channels-ms", 5, func() {
		if _, err := a.channels(reader).ListChannels(b.Context(), connect.NewRequest(&controlv1.ListChannelsRequest{})); err != nil {
			b.Fatal(err)
		}
	})
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		page()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	for name, value := range figures {
		b.ReportMetric(value, name)
	}
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "slowest-ms")
}

// console is the first page, for somebody who has signed in.
func (a *api) console() (page func()) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(r *http.Response, err error) string {
		if err != nil {
			a.t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			a.t.Fatalf("%d, %v", r.StatusCode, err)
		}
		return string(body)
	}
	form := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(get(client.Get(a.url + "/console/sign-in")))
	get(client.PostForm(a.url+"/console/sign-in", url.Values{"token": {reader}, "form": {form[1]}}))
	return func() {
		if body := get(client.Get(a.url + "/console/")); !strings.Contains(body, "channel-") {
			a.t.Fatal(body)
		}
	}
}

// day makes the messages of the last 24 hours, both ways, of so many channels, and waits until the history has them.
func (a *api) day(channels, messages int) {
	a.t.Helper()
	var entries []directory.Entry
	for i := range channels {
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: fmt.Sprintf("channel-%04d", i), Network: "toy", ContactID: "custom"},
			Account: json.RawMessage(`{"token":"S3CRET"}`), Platform: json.RawMessage(`{"api_token":"S3CRET"}`),
		})
	}
	if err := directory.Fill(a.t.Context(), a.bus, entries); err != nil {
		a.t.Fatal(err)
	}
	why := reason.New("toy.closed", reason.Setup, "the account is closed", "la cuenta está cerrada")
	random := rand.New(rand.NewPCG(1, 2))
	var stored []func(context.Context) error
	await := func() {
		for _, wait := range stored {
			if err := wait(a.t.Context()); err != nil {
				a.t.Fatal(err)
			}
		}
		stored = stored[:0]
	}
	publish := func(subject string, m proto.Message) {
		if stored = append(stored, a.bus.PublishLater(a.t.Context(), bus.Post{Subject: subject, Body: m})); len(stored) == 200 {
			await()
		}
	}
	from, step := time.Now().Add(-24*time.Hour), 24*time.Hour/time.Duration(messages)
	text := &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: strings.Repeat("hola ", 20)}}}
	for n := range messages {
		at, channel := from.Add(time.Duration(n)*step), fmt.Sprintf("channel-%04d", random.IntN(channels))
		id := make([]byte, 16)
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		e := func(hop journalv1.Hop, after time.Duration, service string) *journalv1.Entry {
			return &journalv1.Entry{Id: hex.EncodeToString(id), Network: "toy", Channel: channel, Contact: "c" + strconv.Itoa(random.IntN(messages/5+1)), TraceId: hex.EncodeToString(id), Hop: hop, Service: service, At: timestamppb.New(at.Add(after)), Attempts: 1}
		}
		first := e(journalv1.Hop_HOP_ROUTED, time.Millisecond, "translator")
		first.AcceptedAt, first.Parts, first.Attempts, first.AcceptedBy, first.Direction = timestamppb.New(at), 1, 0, "ingress", messagev1.Direction_DIRECTION_OUTBOUND
		last := e(journalv1.Hop_HOP_SENT, time.Second, "egress-toy")
		switch {
		case n%5 > 2:
			first.AcceptedBy, first.Direction, last.Service = "egress-toy", messagev1.Direction_DIRECTION_INBOUND, "egress-bonychat"
		case n%30 == 0:
			last.Hop, last.Why, last.Reason = journalv1.Hop_HOP_FAILED, why.Proto(), why.String()
			body, err := proto.Marshal(&eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{Id: first.Id, Network: "toy", Channel: channel, AcceptedAt: first.AcceptedAt, Content: text}}})
			if err != nil {
				a.t.Fatal(err)
			}
			publish(topology.DeadSubject("egress-toy", "toy", channel), &eventv1.DeadLetter{
				Service: "egress-toy", Network: "toy", Channel: channel, Subject: topology.EgressSubject("toy", channel), Key: first.Id + "-0-0", Reason: why.String(), Why: why.Proto(), Body: body, At: last.At,
			})
		}
		last.Contact = first.Contact
		for _, one := range []*journalv1.Entry{first, last} {
			publish(topology.JournalSubject("toy", channel), one)
		}
	}
	await()
	for end := time.Now().Add(15 * time.Minute); ; {
		status, err := a.system(reader).Status(a.t.Context(), connect.NewRequest(&controlv1.StatusRequest{}))
		if err != nil || time.Now().After(end) {
			a.t.Fatalf("%v, %v", status, err)
		}
		if status.Msg.GetHistoryBehind() == 0 {
			if n := a.count(topology.Journal.Name); n < uint64(2*messages)*99/100 {
				a.t.Fatalf("only %d entries of %d are stored", n, 2*messages)
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
