package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deploy is the folder deploy of the repository, and images where the images are that the cluster has.
func deploy(t *testing.T, path string) string {
	return filepath.Join(os.Getenv("PUENTE_E2E_SOURCE"), "..", path)
}

func images(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("PUENTE_E2E_IMAGES")
	if folder == "" {
		t.Skip("PUENTE_E2E_IMAGES is not set: run.sh says how to run this on a Kubernetes node")
	}
	return folder
}

// program is puente itself, as an operator has it.
func program(t *testing.T) string { return filepath.Join(images(t), "puente.program") }

// command runs a program to its end, and returns what it printed. It fails the test where the program fails.
func command(t *testing.T, timeout time.Duration, name string, args ...string) string {
	t.Helper()
	out, err := try(t, timeout, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// try is command for what may fail.
func try(t *testing.T, timeout time.Duration, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return strings.TrimSpace(out.String()), err
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return command(t, 3*time.Minute, "kubectl", args...)
}

func helm(t *testing.T, args ...string) string {
	t.Helper()
	return command(t, 6*time.Minute, "helm", args...)
}

// create makes objects of a manifest.
func create(t *testing.T, manifest string) {
	t.Helper()
	file := write(t, "manifest.yaml", manifest)
	kubectl(t, "apply", "-f", file)
}

// write makes a file in a folder of its own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// secret makes or replaces a Secret of files.
func secret(t *testing.T, namespace, name string, files map[string]string) {
	t.Helper()
	data, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name, "namespace": namespace}, "stringData": files,
	})
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, "secret.json", string(data))
	if out, err := try(t, time.Minute, "kubectl", "replace", "-f", file); err != nil { // replace, since apply would keep the text in an annotation
		if out2, err := try(t, time.Minute, "kubectl", "create", "-f", file); err != nil {
			t.Fatalf("%s\n%s", out, out2)
		}
	}
}

// namespace makes one anew, in which the API server refuses pods that are not of the level "restricted".
func namespace(t *testing.T, name string) {
	t.Helper()
	remove(t, name)
	kubectl(t, "create", "namespace", name)
	kubectl(t, "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted", "pod-security.kubernetes.io/warn=restricted")
}

// remove removes a namespace with all that is in it.
func remove(t *testing.T, name string) {
	t.Helper()
	_, _ = try(t, 3*time.Minute, "kubectl", "delete", "namespace", name, "--ignore-not-found", "--wait", "--timeout=170s")
}

// address is that of a Service, with a port.
func address(t *testing.T, namespace, service string, port int) string {
	t.Helper()
	ip := kubectl(t, "-n", namespace, "get", "service", service, "-o", "jsonpath={.spec.clusterIP}")
	return fmt.Sprintf("%s:%d", ip, port)
}

// pod is one that runs.
type pod struct{ name, uid string }

// podsOf are the pods of a service that are not being stopped.
func podsOf(t *testing.T, namespace, selector string) (all []pod) {
	t.Helper()
	var list struct {
		Items []struct {
			Metadata struct {
				Name, UID         string
				DeletionTimestamp *time.Time
			}
		}
	}
	if err := json.Unmarshal([]byte(kubectl(t, "-n", namespace, "get", "pods", "-l", selector, "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	for _, p := range list.Items {
		if p.Metadata.DeletionTimestamp == nil {
			all = append(all, pod{p.Metadata.Name, p.Metadata.UID})
		}
	}
	return all
}

// processes are those of a pod, found by their control group.
func (p pod) processes() (all []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		var pid int
		if _, err := fmt.Sscanf(e.Name(), "%d", &pid); err != nil {
			continue
		}
		groups, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cgroup"))
		if err != nil || !strings.Contains(string(groups), p.uid) && !strings.Contains(string(groups), strings.ReplaceAll(p.uid, "-", "_")) {
			continue
		}
		if name, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "comm")); strings.TrimSpace(string(name)) != "pause" {
			all = append(all, pid)
		}
	}
	return all
}

// signal sends a signal to each of the pod's processes, and says whether there was one.
func (p pod) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	all := p.processes()
	for _, pid := range all {
		_ = syscall.Kill(pid, s)
	}
	if len(all) == 0 {
		t.Fatalf("%s has no process on this machine: the test has to run on the node", p.name)
	}
}

// own is an address of this machine that pods reach.
func own(t *testing.T) string {
	t.Helper()
	if a := os.Getenv("PUENTE_E2E_ADDRESS"); a != "" {
		return a
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && !n.IP.IsLoopback() && n.IP.To4() != nil
	})
	if i < 0 {
		t.Fatal("this machine has no address that pods could reach: set PUENTE_E2E_ADDRESS")
	}
	return all[i].(*net.IPNet).IP.String()
}

// eventually waits until something holds. It is asked again after pauses.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > within || t.Context().Err() != nil {
			t.Fatalf("not within %s: %s", within, what)
		}
		time.Sleep(200 * time.Millisecond)
	}
	return time.Since(began)
}

// explain logs what the cluster has to say where the test has failed.
func explain(t *testing.T, namespaces ...string) {
	if !t.Failed() {
		return
	}
	t.Helper()
	for _, n := range namespaces {
		for _, args := range [][]string{{"get", "pods,pvc", "-o", "wide"}, {"get", "events", "--sort-by=.lastTimestamp"}, {"logs", "--all-containers", "--prefix", "--tail=25", "--max-log-requests=40", "-l", "app.kubernetes.io/name"}} {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			out, _ := exec.CommandContext(ctx, "kubectl", append([]string{"-n", n}, args...)...).CombinedOutput()
			cancel()
			t.Logf("kubectl -n %s %s\n%s", n, strings.Join(args, " "), out)
		}
	}
}
