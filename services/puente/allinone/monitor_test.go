package allinone

import (
	"regexp"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

func TestAMonitoringSystemIsTold(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	nagios := func() (string, int) {
		out, errs, status := commandLine(on(t, bridge, operatetest.Token, "status --check nagios --lang en")...)
		if strings.Count(out, "\n") != 1 || errs != "" {
			t.Errorf("not a line: %s%s", out, errs)
		}
		return out, status
	}
	if out, status := nagios(); status != 2 || !regexp.MustCompile(`^PUENTE CRITICAL - tienda-whatsapp the access token has ended \(190\) \| waiting=40 oldest=\d+s needs=1 fill=3\.4%\n$`).MatchString(out) {
		t.Errorf("status %d: %s", status, out)
	}
	prom, _, status := commandLine(on(t, bridge, operatetest.Token, "status --check prom")...)
	for _, want := range []string{"puente_status_up 1\n", "puente_status_needs 1\n", `puente_status_channels{state="suspended"} 1` + "\n", "puente_status_waiting_messages 40\n", "# TYPE puente_status_oldest_seconds gauge\n"} {
		if !strings.Contains(prom, want) || status != exit.OK {
			t.Errorf("status %d: no %q in\n%s", status, want, prom)
		}
	}
	sample := regexp.MustCompile(`^(# (HELP|TYPE) )?[a-z_]+(\{state="[a-z]+"\})? `)
	for line := range strings.Lines(prom) {
		if !sample.MatchString(line) {
			t.Errorf("no line of the text format: %s", line)
		}
	}
	bridge.State.Needs = nil
	if out, status := nagios(); status != 1 || !strings.HasPrefix(out, "PUENTE WARNING - 3 channels: 1 ok, 1 waits, 1 suspended | ") {
		t.Errorf("status %d: %s", status, out)
	}
	bridge.State = &controlv1.StatusResponse{Channels: 1, Ok: 1}
	if out, status := nagios(); status != 0 || !strings.HasPrefix(out, "PUENTE OK - 1 channel: 1 ok | ") {
		t.Errorf("status %d: %s", status, out)
	}
	for _, line := range []string{"--api http://127.0.0.1:1", "--data " + t.TempDir()} {
		args := append([]string{"status", "--check", "nagios", "--lang", "en", "--token-file", on(t, bridge, "x", "")[3]}, strings.Fields(line)...)
		if out, errs, status := commandLine(args...); status != 3 || !strings.HasPrefix(out, "PUENTE UNKNOWN - n") || strings.Count(out, "\n") != 1 || errs != "" {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
		}
	}
	if out, errs, status := commandLine(on(t, bridge, "another", "status --check prom")...); status != exit.Failed || !strings.HasSuffix(out, "puente_status_up 0\n") || errs == "" {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	if _, errs, status := commandLine(on(t, bridge, operatetest.Token, "status --check zabbix")...); status != exit.Usage || !strings.Contains(errs, `--check: there is no "zabbix": nagios or prom`) {
		t.Errorf("status %d: %s", status, errs)
	}
}
