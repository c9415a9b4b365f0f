/**
 * The operator's side: metrics, status, events and changes over HTTP, for this machine or those who know a token. Start here: {@link
 * dev.fairlead.server.admin.AdminServer}. What
 * can be asked for stands in one table, {@code Routes}. Runs on threads of its own, so that it answers while the data loops
 * are busy. Never imports the data plane: it talks to {@code control}.
 */
@NullMarked
package dev.fairlead.server.admin;

import org.jspecify.annotations.NullMarked;
