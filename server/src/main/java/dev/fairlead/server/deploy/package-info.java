/**
 * Deploys: taking the backends of a running balancer out, one batch after another, changing them, and letting them back.
 *
 * <p><b>Start here:</b> {@link dev.fairlead.server.deploy.Rollout}, the order of steps; {@link
 * dev.fairlead.server.deploy.Door} is all it needs of a balancer, and {@link dev.fairlead.server.deploy.RemoteDoor} is one
 * in another process.
 *
 * <p><b>Never imports</b> the engine: a deploy runs beside the balancer, and may die without harm.
 */
@NullMarked
package dev.fairlead.server.deploy;

import org.jspecify.annotations.NullMarked;
