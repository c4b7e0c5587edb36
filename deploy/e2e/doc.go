// Package e2e installs Puente on a real Kubernetes node by the documented commands, and has the ledger of services/puente/ledger judge
// what arrives while services and NATS servers are rolled, killed, scaled, broken and restored. It is a module of its own.
//
// It needs a cluster of one node that is good for nothing else, on which it runs itself, since it calls Services by their
// addresses, is called by pods, and kills their processes; kubectl and helm in the PATH, and KUBECONFIG. run.sh builds the images and
// has them imported:
//
//	NODE="nsenter …" IMPORT="ctr -n k8s.io image import" deploy/e2e/run.sh
//
// Without PUENTE_E2E_IMAGES, the folder of the images that were imported, the tests are skipped.
package e2e
