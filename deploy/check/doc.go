// Package check holds the chart to what it promises, without a cluster: every file of values in ci/ is rendered by Helm's own
// engine, read strictly into the types of the Kubernetes API, and held to the level "restricted" of the pod security standards.
// It is a module of its own, so that nothing else of the project depends on Helm and Kubernetes.
//
//	cd deploy/check && GOWORK=off go test ./...
package check
