package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/foreigntest"
)

const (
	jaegerModule  = "internal/jaeger"
	jaegerProgram = "github.com/jaegertracing/jaeger/cmd/all-in-one"
)

// jaeger is a real one, in a process of its own, that keeps its traces in memory.
type jaeger struct {
	t         *testing.T
	api, otlp string
}

// startJaeger starts the Jaeger of the cache. It is built where PUENTE_JAEGER is set; .ci/run sets it.
func startJaeger(t *testing.T) *jaeger {
	t.Helper()
	binary, built, err := foreigntest.Cached(jaegerModule, jaegerProgram)
	if err == nil && !built && os.Getenv("PUENTE_JAEGER") == "" {
		t.Skipf("SKIPPED: there is no Jaeger at %s; with PUENTE_JAEGER=1 it is built there, once, from the module proxy, which takes minutes", binary)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
	defer cancel()
	if err == nil {
		binary, err = foreigntest.Build(ctx, jaegerModule, jaegerProgram)
	}
	if err != nil {
		t.Fatal(err)
	}
	free := func() string { return must[string](t)(foreigntest.FreeAddress()) }
	api, otlp, admin := free(), free(), free()
	cmd := exec.Command(binary, "--query.http-server.host-port="+api, "--collector.otlp.http.host-port="+otlp, "--admin.http.host-port="+admin,
		"--query.grpc-server.host-port=127.0.0.1:0", "--collector.otlp.grpc.host-port=127.0.0.1:0", "--collector.grpc-server.host-port=127.0.0.1:0",
		"--collector.http-server.host-port=127.0.0.1:0", "--log-level=warn")
	cmd.Env = append(os.Environ(), "SPAN_STORAGE_TYPE=memory")
	starting, ready := context.WithTimeout(ctx, time.Minute)
	defer ready()
	p, err := foreigntest.Start(starting, cmd, "http://"+admin+"/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Log.String())
		}
	})
	return &jaeger{t: t, api: "http://" + api, otlp: "http://" + otlp}
}

// jaegerTrace is a trace as Jaeger's HTTP API tells it, as far as the test looks at it.
type jaegerTrace struct {
	TraceID string `json:"traceID"`
	Spans   []struct {
		SpanID        string `json:"spanID"`
		OperationName string `json:"operationName"`
		ProcessID     string `json:"processID"`
		References    []struct {
			RefType string `json:"refType"`
			TraceID string `json:"traceID"`
			SpanID  string `json:"spanID"`
		} `json:"references"`
		Tags []struct {
			Key   string `json:"key"`
			Value any    `json:"value"`
		} `json:"tags"`
	} `json:"spans"`
	Processes map[string]struct {
		ServiceName string `json:"serviceName"`
	} `json:"processes"`
}

// find asks for the traces that hold a span of the service with these tags. all is the whole answer.
func (j *jaeger) find(service string, tags map[string]string) (found []jaegerTrace, all string) {
	j.t.Helper()
	search := must[[]byte](j.t)(json.Marshal(tags))
	query := url.Values{"service": {service}, "tags": {string(search)}, "limit": {"100"}, "lookback": {"1h"}}
	resp, err := http.Get(j.api + "/api/traces?" + query.Encode())
	if err != nil {
		j.t.Fatal(err)
	}
	defer resp.Body.Close()
	body := must[[]byte](j.t)(io.ReadAll(resp.Body))
	var answer struct{ Data []jaegerTrace }
	if err := json.Unmarshal(body, &answer); err != nil || resp.StatusCode != http.StatusOK {
		j.t.Fatalf("Jaeger answers %d: %v: %s", resp.StatusCode, err, body)
	}
	return answer.Data, string(body)
}

// roots are the spans without a parent in their own trace, and hops all spans, each with its service.
func (tr jaegerTrace) hops() (roots, hops []string) {
	for _, s := range tr.Spans {
		hop := tr.Processes[s.ProcessID].ServiceName + ": " + s.OperationName
		hops = append(hops, hop)
		root := true
		for _, r := range s.References {
			root = root && (r.RefType != "CHILD_OF" || r.TraceID != tr.TraceID)
		}
		if root {
			roots = append(roots, hop)
		}
	}
	slices.Sort(hops)
	return roots, slices.Compact(hops) // what came back later has a span for each time
}

// trace waits until the message's trace has all these hops, under the one root. It is found by its tags.
func (j *jaeger) trace(mID, root string, want ...string) (found jaegerTrace) {
	j.t.Helper()
	slices.Sort(want)
	var roots, hops []string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		traces, _ := j.find("translator", map[string]string{"puente.message_id": mID, "puente.channel": "A", "puente.network": "whatsapp"})
		for _, tr := range traces {
			if r, h := tr.hops(); slices.Contains(r, root) {
				found, roots, hops = tr, r, h
			}
		}
		if cmp.Equal(want, hops) {
			break
		}
	}
	if diff := cmp.Diff(want, hops); diff != "" {
		j.t.Fatalf("the hops of %s (-want +got):\n%s", root, diff)
	}
	if len(roots) != 1 {
		j.t.Errorf("the roots of %s: %v", root, roots)
	}
	return found
}

// names checks that every span says which message, channel and network it is about. A call that was not read yet may hold
// several messages.
func (j *jaeger) names(tr jaegerTrace, mID string, unread ...string) {
	j.t.Helper()
	for _, s := range tr.Spans {
		want := map[string]any{"puente.message_id": mID, "puente.channel": "A", "puente.network": "whatsapp"}
		if slices.Contains(unread, s.OperationName) {
			delete(want, "puente.message_id")
		}
		got := map[string]any{}
		for _, tag := range s.Tags {
			if strings.HasPrefix(tag.Key, "puente.") && tag.Key != "puente.attempt" {
				got[tag.Key] = tag.Value
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			j.t.Errorf("%s is about (-want +got):\n%s", s.OperationName, diff)
		}
	}
}

// TestJaegerShowsAMessagesWayAndItsReceipts: each way is one trace in a real Jaeger, found by what an operator knows, and
// nothing personal has left the process.
func TestJaegerShowsAMessagesWayAndItsReceipts(t *testing.T) {
	j := startJaeger(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", j.otlp)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "200") // milliseconds, so that nobody waits for five seconds
	b := bridgeTo(t, "whatsapp")

	mID := b.send("una " + marker)
	b.sent(1)
	b.told(mID, "sent")
	for _, status := range []string{"delivered", "read"} {
		if got := b.far.tell(0, status); got != http.StatusOK {
			t.Fatalf("the receipt was answered %d", got)
		}
		b.told(mID, status)
	}
	out := j.trace(mID, "ingress: POST /message",
		"ingress: POST /message", "ingress: publish MESSAGES",
		"translator: translate MESSAGES", "translator: publish EGRESS_whatsapp",
		"egress-whatsapp: send EGRESS_whatsapp", "egress-whatsapp: POST", "egress-whatsapp: publish OUTCOMES_whatsapp",
		"translator: record OUTCOMES_whatsapp", "translator: receipt OUTCOMES_whatsapp", "translator: publish EGRESS_bonychat",
		"egress-bonychat: send EGRESS_bonychat", "egress-bonychat: POST", "egress-bonychat: publish OUTCOMES_bonychat",
	)
	j.names(out, mID)
	j.leadsToItsCall(out)

	if status, _ := b.far.write("otra " + marker); status != http.StatusOK {
		t.Fatalf("the contact's message was answered %d", status)
	}
	eventually(t, "heard", func() bool { return len(b.platform.messages("A", b.far.contact)) == 1 })
	in := b.platform.messages("A", b.far.contact)[0].MID
	const call = "POST /webhooks/{network}/{channel}"
	j.names(j.trace(in, "ingress: "+call,
		"ingress: "+call, "ingress: publish WEBHOOKS_whatsapp",
		"egress-whatsapp: receive WEBHOOKS_whatsapp", "egress-whatsapp: publish MESSAGES",
		"translator: translate MESSAGES", "translator: publish EGRESS_bonychat",
		"egress-bonychat: send EGRESS_bonychat", "egress-bonychat: POST", "egress-bonychat: publish OUTCOMES_bonychat",
		"translator: record OUTCOMES_bonychat",
	), in, call, "publish WEBHOOKS_whatsapp")

	account := must[[]byte](t)(json.Marshal(b.far.account))
	var secrets map[string]any
	_ = json.Unmarshal(account, &secrets)
	forbidden := []string{marker, strings.TrimPrefix(b.far.contact, "+"), tokenA}
	for _, name := range []string{"access_token", "app_secret", "verify_token"} {
		forbidden = append(forbidden, fmt.Sprint(secrets[name]))
	}
	for _, service := range []string{"ingress", "translator", "egress-whatsapp", "egress-bonychat"} {
		traces, all := j.find(service, map[string]string{"puente.channel": "A", "puente.network": "whatsapp"})
		if len(traces) < 2 {
			t.Errorf("%s: %d traces of the channel are found", service, len(traces))
		}
		for _, private := range forbidden {
			if at := strings.Index(all, private); at >= 0 {
				t.Errorf("Jaeger knows %q: …%s…", private, all[max(0, at-300):min(len(all), at+100)])
			}
		}
	}
}

// leadsToItsCall checks that the span of a receipt names the call that brought it, which is a trace of its own.
func (j *jaeger) leadsToItsCall(message jaegerTrace) {
	j.t.Helper()
	for _, s := range message.Spans {
		if !strings.HasPrefix(s.OperationName, "receipt ") {
			continue
		}
		linked := false
		for _, r := range s.References {
			linked = linked || r.TraceID != message.TraceID
		}
		if !linked {
			j.t.Errorf("%s names no call: %v", s.OperationName, s.References)
		}
	}
}
