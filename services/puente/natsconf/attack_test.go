package natsconf_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
	"github.com/bonychat/puente/services/puente/natsconf"
)

func ignored([]byte) string { return "" }

// told says that an answer holds a message that was marked, plain or as the API encodes it.
func told(answer []byte) bool {
	for shift := range 3 { // base64 of the mark, wherever it begins
		encoded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), mark...))
		if bytes.Contains(answer, []byte(encoded[4:12])) {
			return true
		}
	}
	return bytes.Contains(answer, []byte(mark)) || bytes.Contains(answer, []byte(whatsapptest.AccessToken))
}

// reads tries to read each victim in every form.
func (x *thief) reads() {
	tried := 0
	for _, v := range victims {
		direct := "DIRECT.GET." + v.stream + "." + v.subject
		last := fmt.Sprintf(`{"last_by_subj":%q}`, v.subject)
		forms := map[string]string{direct: "", "DIRECT.GET." + v.stream: last, "STREAM.MSG.GET." + v.stream: last}
		for request, body := range forms {
			if x.may("$JS.API." + request) {
				continue
			}
			tried++
			x.ask(request, body, func(answer []byte) string {
				if told(answer) || bytes.Contains(answer, []byte(`"message"`)) {
					return "reads " + v.subject + " by " + request
				}
				return ""
			})
		}
		x.consumes(v, &tried)
	}
	x.settle()
	if tried < 30 {
		x.t.Errorf("only %d reads were tried", tried)
	}
}

// consumes tries to make a consumer that delivers a victim, whatever the subject of the request says.
func (x *thief) consumes(v victim, tried *int) {
	made := func(request, config string) {
		body := fmt.Sprintf(`{"stream_name":%q,"config":{"name":"evil","ack_policy":"none","deliver_policy":"all","mem_storage":true,"inactive_threshold":5000000000,%s}}`, v.stream, config)
		*tried++
		x.ask(request, body, func(answer []byte) string {
			if bytes.Contains(answer, []byte(`"created"`)) {
				return "has a consumer on " + v.subject + " by " + request
			}
			return ""
		})
	}
	filter := fmt.Sprintf(`"filter_subject":%q`, v.subject)
	if wide := "CONSUMER.CREATE." + v.stream + ".evil." + v.subject; !x.may("$JS.API." + wide) {
		made(wide, filter)
		made("CONSUMER.DURABLE.CREATE."+v.stream+".evil", `"durable_name":"evil",`+filter)
		if several := "CONSUMER.CREATE." + v.stream + ".evil"; !x.may("$JS.API." + several) {
			made(several, filter)
		}
		// a filter that it may have in the subject, a wider one in the body
		for _, right := range x.rights.Publish {
			if rest, ok := strings.CutPrefix(right, "$JS.API.CONSUMER.CREATE."+v.stream+".*."); ok {
				made("CONSUMER.CREATE."+v.stream+".evil."+rest, filter)
				made("CONSUMER.CREATE."+v.stream+".evil."+rest, fmt.Sprintf(`"filter_subjects":[%q]`, v.subject))
				made("CONSUMER.CREATE."+v.stream+".evil."+rest, `"filter_subject":">"`)
			}
		}
	}
}

// changes tries to change and copy streams. What every stream is and holds stays as it was.
func (x *thief) changes(js jetstream.JetStream) {
	before := x.streams(js)
	for name := range before {
		for request, body := range map[string]string{
			"STREAM.DELETE." + name: "", "STREAM.PURGE." + name: "", "STREAM.UPDATE." + name: fmt.Sprintf(`{"name":%q,"subjects":["x"]}`, name),
			"STREAM.MSG.DELETE." + name: `{"seq":1}`, "STREAM.SNAPSHOT." + name: `{"deliver_subject":"_INBOX_` + x.rights.Service + `.s"}`,
			"STREAM.CREATE.EVIL": fmt.Sprintf(`{"name":"EVIL","sources":[{"name":%q}]}`, name), "STREAM.LEADER.STEPDOWN." + name: "",
			"CONSUMER.LIST." + name: "", "CONSUMER.NAMES." + name: "",
		} {
			if !x.may("$JS.API." + request) {
				x.ask(request, body, ignored)
			}
		}
	}
	x.settle()
	after := x.streams(js)
	for name, was := range before {
		if now := after[name]; now != was {
			x.t.Errorf("%s changed %s from %s to %s", x.rights.Service, name, was, now)
		}
	}
	if len(after) != len(before) {
		x.t.Errorf("%s made or deleted a stream: %d, then %d", x.rights.Service, len(before), len(after))
	}
}

// streams are what every stream is and holds.
func (x *thief) streams(js jetstream.JetStream) map[string]string {
	x.t.Helper()
	all := map[string]string{}
	list := js.ListStreams(x.t.Context())
	for i := range list.Info() {
		all[i.Config.Name] = fmt.Sprintf("%v %d of %d", i.Config.Subjects, i.State.Msgs, i.State.LastSeq)
	}
	if list.Err() != nil || len(all) < 15 {
		x.t.Fatalf("%d streams, %v", len(all), list.Err())
	}
	return all
}

// writes tries to store under the victims: by itself, and by having the server answer or deliver there.
func (x *thief) writes(js jetstream.JetStream) {
	mine := own[x.rights.Service]
	// asked for by itself: several workers of the server answer requests, and this one is not refused at once as what settle asks is
	made, err := x.nc.Request(natsconf.APIPrefix+".CONSUMER.CREATE."+mine.stream+".pull."+mine.filter, fmt.Appendf(nil,
		`{"stream_name":%q,"config":{"name":"pull","filter_subject":%q,"ack_policy":"explicit","deliver_policy":"all","mem_storage":true,"inactive_threshold":60000000000}}`, mine.stream, mine.filter), 20*time.Second)
	if err != nil || !bytes.Contains(made.Data, []byte(`"created"`)) {
		x.t.Fatalf("%s has no consumer of its own to try with: %v, %+v", x.rights.Service, err, made)
	}
	tried := 0
	for _, v := range victims {
		if x.may(v.subject) {
			continue
		}
		tried++
		before := lastOf(x.t, js, v)
		for _, name := range []string{v.subject, natsconf.APIPrefix + "." + v.subject} {
			publish := func(subject, body string) { _ = x.nc.PublishRequest(subject, name, []byte(body)) }
			_ = x.nc.Publish(name, []byte("evil"))
			for _, right := range x.rights.Publish { // whatever it may publish or ask, with a foreign reply
				subject := strings.NewReplacer("*", "1", ">", "1").Replace(right)
				if rest, ok := strings.CutPrefix(subject, "$JS.API."); ok {
					subject = natsconf.APIPrefix + "." + rest
				} else if strings.HasPrefix(subject, "$KV.") {
					subject = natsconf.APIPrefix + "." + subject
				}
				if strings.Contains(subject, ".PURGE.") || strings.Contains(subject, ".MSG.DELETE.") || strings.Contains(subject, "CONSUMER.DELETE") {
					continue
				}
				publish(subject, `{"seq":1}`)
			}
			publish(natsconf.APIPrefix+".CONSUMER.MSG.NEXT."+mine.stream+".pull", `{"batch":1,"expires":100000000}`)
			x.ask("CONSUMER.CREATE."+mine.stream+".push."+mine.filter, fmt.Sprintf(
				`{"stream_name":%q,"config":{"name":"push","filter_subject":%q,"deliver_subject":%q,"ack_policy":"none","deliver_policy":"all","mem_storage":true,"inactive_threshold":1000000000}}`, mine.stream, mine.filter, name), ignored)
		}
		x.settle()
		if after := lastOf(x.t, js, v); after != before {
			x.t.Errorf("%s wrote to %s: %s, then %s", x.rights.Service, v.subject, before, after)
		}
	}
	if tried < 8 {
		x.t.Errorf("only %d victims were tried", tried)
	}
}

// lastOf is the last message under a subject.
func lastOf(t *testing.T, js jetstream.JetStream, v victim) string {
	t.Helper()
	s, err := js.Stream(t.Context(), v.stream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.GetLastMsgForSubject(t.Context(), v.subject)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %q", m.Sequence, m.Data)
}

// hears tries to listen to what is not told to it.
func (x *thief) hears(operator *nats.Conn) {
	var heard []*nats.Subscription
	for _, subject := range []string{"_INBOX.>", "_INBOX_puente.>", "_INBOX_control.>", "_INBOX_egress-whatsapp.>", ">", "$KV.>", "egress.>", "message.>", "audit.>", "live.>"} {
		if s, err := x.nc.SubscribeSync(subject); err == nil {
			heard = append(heard, s)
		}
	}
	if err := x.nc.FlushTimeout(5 * time.Second); err != nil {
		x.t.Fatal(err)
	}
	for _, subject := range []string{"_INBOX_puente.a.b", "_INBOX_control.a.b", "_INBOX_egress-whatsapp.a.b", "live.lane.whatsapp.W"} {
		if err := operator.Publish(subject, []byte(mark)); err != nil {
			x.t.Fatal(err)
		}
	}
	// what it does hear comes behind all of them
	own, err := x.nc.SubscribeSync("_INBOX_" + x.rights.Service + ".last")
	if err != nil {
		x.t.Fatal(err)
	}
	if err := x.nc.FlushTimeout(5 * time.Second); err != nil {
		x.t.Fatal(err)
	}
	if err := operator.Publish("_INBOX_"+x.rights.Service+".last", nil); err != nil {
		x.t.Fatal(err)
	}
	if _, err := own.NextMsg(10 * time.Second); err != nil {
		x.t.Fatalf("%s does not hear its own inbox: %v", x.rights.Service, err)
	}
	for _, s := range heard {
		if m, err := s.NextMsg(time.Millisecond); err == nil && bytes.Contains(m.Data, []byte(mark)) {
			x.t.Errorf("%s hears %s on %s", x.rights.Service, m.Subject, s.Subject)
		}
	}
}
