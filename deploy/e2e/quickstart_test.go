package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestTheQuickStart is the three commands of deploy/README.md, from nothing to a message both ways, and then the trace of a message
// in the Jaeger that came along.
func TestTheQuickStart(t *testing.T) {
	images(t)
	remove(t, "puente")
	t.Cleanup(func() { explain(t, "puente") })
	began := time.Now()
	t.Log(helm(t, "install", "puente", deploy(t, "chart/puente"), "-n", "puente", "--create-namespace", "-f", deploy(t, "chart/puente/ci/dev.yaml"), "--wait", "--timeout", "4m",
		// the images of this test instead of a registry's
		"--set", "image.registry=puente.e2e,image.tag=e2e,image.pullPolicy=Never,nats.image=puente.e2e/nats:e2e,dev.jaegerImage=puente.e2e/jaeger:e2e"))
	t.Logf("helm install --wait took %s", time.Since(began).Round(time.Second))
	forward := exec.Command("kubectl", "-n", "puente", "port-forward", "svc/puente-sandbox", "8080")
	if err := forward.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = forward.Process.Signal(syscall.SIGTERM)
		_ = forward.Wait()
	}()
	t.Log(command(t, 3*time.Minute, "sh", deploy(t, "dev/ping.sh"), "http://localhost:8080"))
	seesTrace(t, "http://"+address(t, "puente", "puente-jaeger", 16686), "ingress: POST /message", "translator: translate MESSAGES",
		"egress-phone: send EGRESS_phone", "egress-phone: publish OUTCOMES_phone", "translator: record OUTCOMES_phone", "egress-bonychat: send EGRESS_bonychat")
	helm(t, "uninstall", "puente", "-n", "puente", "--wait")
	remove(t, "puente")
}

// seesTrace waits until one trace of a Jaeger has all of these hops: from BonyChat's request to the receipt that BonyChat is told.
func seesTrace(t *testing.T, jaeger string, want ...string) {
	t.Helper()
	var nearest []string
	eventually(t, time.Minute, "a trace of a message's whole way", func() bool {
		resp, err := http.Get(jaeger + "/api/traces?" + url.Values{"service": {"translator"}, "limit": {"200"}, "lookback": {"1h"}}.Encode())
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		var answer struct {
			Data []struct {
				TraceID string
				Spans   []struct{ OperationName, ProcessID string }
				// the services, by the id that spans name
				Processes map[string]struct{ ServiceName string }
			}
		}
		if err != nil || json.Unmarshal(body, &answer) != nil {
			return false
		}
		for _, trace := range answer.Data {
			var hops []string
			for _, s := range trace.Spans {
				hops = append(hops, trace.Processes[s.ProcessID].ServiceName+": "+s.OperationName)
			}
			missing := slices.DeleteFunc(slices.Clone(want), func(hop string) bool { return slices.Contains(hops, hop) })
			if len(missing) == 0 {
				t.Logf("trace %s has %d hops, these among them: %q", trace.TraceID, len(hops), want)
				return true
			}
			if len(nearest) == 0 || len(missing) < len(nearest) {
				nearest = missing
			}
		}
		return false
	})
}
