/**
 * The operator's side: metrics, status and readiness over HTTP, on loopback only. Start here: {@link
 * dev.fairlead.server.admin.AdminServer}. Runs on an event loop of its own, so that it answers while the data loops are
 * busy. Never imports the data plane: it talks to {@code control}.
 */
@NullMarked
package dev.fairlead.server.admin;

import org.jspecify.annotations.NullMarked;
